import { inspect } from 'node:util';

import { expect, test } from 'vitest';

import { ConfigError } from './config-error.ts';
import type { ConfigWarning } from './config-warning.ts';
import { parseConfig, type ParseOptions } from './parse-config.ts';
import type { TelemetryConfig } from './telemetry-config.ts';

function parse(body: string, options: ParseOptions = {}): TelemetryConfig {
  return parseConfig(`[telemetry]\n${body}`, { environment: {}, onWarning: refuseWarning, ...options });
}

function refuseWarning(warning: ConfigWarning): void {
  throw new Error(`unexpected warning: ${warning.message}`);
}

test('takes every key of a file', () => {
  const config = parseConfig(
    `
[telemetry]
endpoint = "https://collector.pqcnet.io:4318/base/"
socket-path = "run/otlp.sock"
http-version = "2"
flush-interval-ms = 500
service-name = "sentry-eu-1"
service-instance-id = "one"
protocol = "http/protobuf"
compression = "gzip"
timeout-ms = 2000
max-request-bytes = 100_000
max-window-age-ms = 60000
temporality = "low-memory"
latency-histogram = "exponential"
latency-bounds-ms = [1, 5, 10.5]
cardinality-limit = 50
idle-flushes-before-retirement = 7
self-metrics = true
label-placement = "datapoint"
allow-insecure-credentials = true
[telemetry.labels]
component = "sentry"
shard = 3
canary = true
[telemetry.headers]
Authorization = "Bearer \${env:TOKEN}"
[telemetry.tls]
ca-file = "ca.pem"
cert-file = "/etc/client.pem"
key-file = "../client.key"
[telemetry.metrics."pipeline"]
unit = "ms"
description = "time from gossip to commit"
bounds = [1, 5]
[telemetry.metrics]
"queue.depth" = { unit = "{message}" }
`,
    { environment: { TOKEN: 'abc' }, baseDirectory: '/etc/node', onWarning: refuseWarning },
  );
  expect({ ...config, headers: new Map(config.headers), proxy: undefined, sources: undefined }).toEqual({
    endpoint: 'https://collector.pqcnet.io:4318/base/',
    metricsUrl: 'https://collector.pqcnet.io:4318/base/v1/metrics',
    socketPath: '/etc/node/run/otlp.sock',
    httpVersion: '2',
    flushIntervalMs: 500,
    serviceName: 'sentry-eu-1',
    serviceInstanceId: 'one',
    protocol: 'http/protobuf',
    compression: 'gzip',
    timeoutMs: 2000,
    maxRequestBytes: 100_000,
    maxWindowAgeMs: 60_000,
    temporality: 'low-memory',
    latencyHistogram: 'exponential',
    latencyBoundsMs: [1, 5, 10.5],
    cardinalityLimit: 50,
    idleFlushesBeforeRetirement: 7,
    selfMetrics: true,
    labelPlacement: 'datapoint',
    allowInsecureCredentials: true,
    labels: new Map<string, unknown>([
      ['component', 'sentry'],
      ['shard', 3],
      ['canary', true],
    ]),
    headers: new Map([['authorization', 'Bearer abc']]),
    tls: { caFile: '/etc/node/ca.pem', certFile: '/etc/client.pem', keyFile: '/etc/client.key' },
    proxy: undefined,
    metrics: new Map([
      ['pipeline', { unit: 'ms', description: 'time from gossip to commit', bounds: [1, 5] }],
      ['queue.depth', { unit: '{message}', description: undefined, bounds: undefined }],
    ]),
    resourceAttributes: new Map(),
    disabled: false,
    sources: undefined,
  });
});

test('fills in every default', () => {
  const config = parse('');
  expect(config).toMatchObject({
    endpoint: 'http://localhost:4318',
    metricsUrl: 'http://localhost:4318/v1/metrics',
    socketPath: undefined,
    httpVersion: '1.1',
    flushIntervalMs: 60_000,
    serviceName: undefined,
    serviceInstanceId: undefined,
    protocol: 'http/json',
    compression: 'none',
    timeoutMs: 10_000,
    maxRequestBytes: 4_194_304,
    maxWindowAgeMs: 3_600_000,
    temporality: 'cumulative',
    latencyHistogram: 'explicit',
    latencyBoundsMs: [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000],
    cardinalityLimit: 2000,
    idleFlushesBeforeRetirement: 100,
    selfMetrics: false,
    labelPlacement: 'both',
    allowInsecureCredentials: false,
    tls: { caFile: undefined, certFile: undefined, keyFile: undefined },
    disabled: false,
  });
  expect([config.labels.size, config.headers.size, config.metrics.size]).toEqual([0, 0, 0]);
  expect(new Set(config.sources.values())).toEqual(new Set(['default']));
});

test('takes code over environment over file over default, and says which it was', () => {
  const text =
    'flush-interval-ms = 100\ntimeout-ms = 100\nmax-window-age-ms = 100\nlabels = { a = 1, b = 1 }';
  const config = parse(text, {
    environment: { OTEL_METRIC_EXPORT_INTERVAL: '200', OTEL_EXPORTER_OTLP_TIMEOUT: '200' },
    overrides: { flushIntervalMs: 300, labels: { b: 2, c: 2 } },
  });
  expect(config).toMatchObject({ flushIntervalMs: 300, timeoutMs: 200, maxWindowAgeMs: 100 });
  expect(Object.fromEntries(config.labels)).toEqual({ a: 1, b: 2, c: 2 });
  expect(Object.fromEntries(config.sources)).toMatchObject({
    flushIntervalMs: 'code',
    timeoutMs: 'environment',
    maxWindowAgeMs: 'file',
    cardinalityLimit: 'default',
    'labels.a': 'file',
    'labels.b': 'code',
    'labels.c': 'code',
  });
});

test('connects to a socket only for the endpoint of the same or a weaker source', () => {
  const file = 'socket-path = "/run/otlp.sock"\nendpoint = "http://localhost"';
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
  expect(parse(file).socketPath).toBe('/run/otlp.sock');
  const injected = parse(file, { environment });
  expect(injected).toMatchObject({ endpoint: 'http://127.0.0.1:1', socketPath: undefined });
  expect(injected.sources.has('socketPath')).toBe(false);
  const overrides = { socketPath: '/run/other.sock' };
  expect(parse(file, { environment, overrides }).socketPath).toBe('/run/other.sock');
});

test('sends headers over plain http through a socket, which ends on this machine', () => {
  const config = parse('socket-path = "/run/otlp.sock"\nendpoint = "http://far"\nheaders.a = "1"');
  expect(config.headers.get('a')).toBe('1');
});

test('does not stop for an injected endpoint that can not speak HTTP/2', () => {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
  const config = parse('http-version = "2"\nendpoint = "https://far"', { environment });
  expect(config.metricsUrl).toBe('http://127.0.0.1:1/v1/metrics');
});

test.each<[environment: Record<string, string>, file: string, isUsed: boolean]>([
  [{ HTTP_PROXY: 'http://u:hush@proxy:1' }, 'headers.a = "1"', false],
  [{ http_proxy: 'https://proxy:1', NO_PROXY: 'localhosts' }, 'headers.a = "1"', false],
  [{ HTTP_PROXY: 'http://127.0.0.1:1' }, 'headers.a = "1"', true],
  [{ HTTP_PROXY: 'http://proxy:1' }, '', true],
  [{ HTTP_PROXY: 'http://proxy:1', NO_PROXY: 'b, localhost' }, 'headers.a = "1"', true],
  [{ HTTP_PROXY: 'http://proxy:1' }, 'headers.a = "1"\nendpoint = "https://far"', true],
  [{ HTTP_PROXY: 'http://proxy:1' }, 'headers.a = "1"\nallow-insecure-credentials = true', true],
  [{ HTTP_PROXY: 'http://proxy:1' }, 'headers.a = "1"\nsocket-path = "a"', true],
])('lets no proxy see headers over plain http unless it is loopback: %j, %j', (environment, file, isUsed) => {
  const warnings: ConfigWarning[] = [];
  const onWarning = (warning: ConfigWarning): void => void warnings.push(warning);
  const config = parseConfig(`[telemetry]\n${file}`, { environment, onWarning });
  expect(config.proxy.http !== undefined).toBe(isUsed);
  const [variable] = Object.keys(environment);
  expect(warnings).toMatchObject(isUsed ? [] : [{ code: 'ENVIRONMENT_VALUE_IGNORED', variable }]);
  expect(JSON.stringify(warnings)).not.toContain('hush');
});

test('merges the options of a metric whatever the casing of its name', () => {
  const config = parse('metrics.pipeline = { unit = "s", description = "from the file" }', {
    overrides: { metrics: new Map([['Pipeline', { unit: 'ms', description: undefined }]]) },
  });
  expect([...config.metrics]).toEqual([
    ['Pipeline', { unit: 'ms', description: 'from the file', bounds: undefined }],
  ]);
});

test('keeps __proto__ and its like as labels, headers and metrics of no special meaning', () => {
  const config = parse('', {
    overrides: { labels: new Map([['toString', 1]]) },
  });
  expect([...config.labels]).toEqual([['toString', 1]]);
  const fromFile = parse('labels.__proto__ = "x"\nlabels.constructor = "y"\nmetrics.constructor.unit = "s"');
  expect([...fromFile.labels]).toEqual([
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ]);
  expect(fromFile.metrics.get('constructor')?.unit).toBe('s');
  expect(() => parse('__proto__ = 1')).toThrow(ConfigError);
  expect(() => parse('__proto__.endpoint = "http://localhost"')).toThrow(ConfigError);
});

test.each([
  ['service-name = "a"\nlabels.component = "b"', 'a'],
  ['labels.component = "b"', 'b'],
  ['labels.component = ""', undefined],
  ['labels.component = 5', undefined],
])('names the service from %j', (text, name) => {
  expect(parse(text).serviceName).toBe(name);
});

test('makes a timeout of 0 the longest that a timer can have', () => {
  expect(parse('timeout-ms = 0').timeoutMs).toBe(2_147_483_647);
});

test('gives a configuration that cannot be changed', () => {
  const config = parse('labels.a = 1\nmetrics.m.bounds = [1]');
  const metric = config.metrics.get('m');
  for (const part of [config, config.tls, config.proxy, config.latencyBoundsMs, metric, metric?.bounds]) {
    expect(Object.isFrozen(part)).toBe(true);
  }
  for (const map of [config.labels, config.metrics, config.sources, config.resourceAttributes]) {
    expect(() => Reflect.apply(Reflect.get(map, 'set'), map, ['a', 2])).toThrow(TypeError);
    expect(() => Reflect.apply(Reflect.get(map, 'clear'), map, [])).toThrow(TypeError);
  }
});

test('shows everything but secrets when it is logged', () => {
  const config = parse('labels.a = 1\nheaders.authorization = "hush"', {
    environment: { HTTPS_PROXY: 'http://user:hush@proxy' },
  });
  expect(config.headers.get('authorization')).toBe('hush');
  expect(config.proxy.https).toBe('http://user:hush@proxy');
  for (const shown of [inspect(config, { depth: 9, showHidden: false }), JSON.stringify(config)]) {
    expect(shown).not.toContain('hush');
    expect(shown).toContain('[redacted]');
  }
  expect(JSON.parse(JSON.stringify(config))).toMatchObject({
    labels: { a: 1 },
    sources: { endpoint: 'default' },
  });
});

test.each(['text = 1', '', '[other]', 'telemetry = 5', '[[telemetry]]'])(
  'refuses a file without the table [telemetry]: %j',
  (text) => {
    expect(() => parseConfig(text, { environment: {} })).toThrow(/a table \[telemetry\]/);
  },
);

test('takes a file with a byte order mark and Windows line ends', () => {
  expect(parseConfig('\uFEFF[telemetry]\r\ntimeout-ms = 5\r\n', { environment: {} }).timeoutMs).toBe(5);
});

test.each([undefined, null, 5, {}])('refuses %s in place of a text', (text) => {
  expect(() => parseConfig(text as string)).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('expected  the text of a TOML file'),
    }),
  );
});
