import { resolve } from 'node:path';

import { expect, test } from 'vitest';

import type { ConfigWarning } from './config-warning.ts';
import { settings } from './define-settings.ts';
import { parseConfig } from './parse-config.ts';
import type { TelemetryConfig } from './telemetry-config.ts';
import { validateConfig } from './validate-config.ts';

interface Outcome {
  readonly config: TelemetryConfig;
  readonly warnings: readonly ConfigWarning[];
}

function read(environment: Record<string, string>, toml = ''): Outcome {
  const warnings: ConfigWarning[] = [];
  const onWarning = (warning: ConfigWarning): void => void warnings.push(warning);
  const config = parseConfig(`[telemetry]\n${toml}`, { environment, onWarning, baseDirectory: '/etc/node' });
  return { config, warnings };
}

const otlp = 'OTEL_EXPORTER_OTLP_';
const metrics = 'OTEL_EXPORTER_OTLP_METRICS_';

test.each<[environment: Record<string, string>, expected: Record<string, unknown>]>([
  [
    { [`${otlp}ENDPOINT`]: 'https://a/base' },
    { endpoint: 'https://a/base', metricsUrl: 'https://a/base/v1/metrics' },
  ],
  [
    { [`${metrics}ENDPOINT`]: 'https://a/x?key=1' },
    { endpoint: 'https://a/x?key=1', metricsUrl: 'https://a/x?key=1' },
  ],
  [{ [`${metrics}ENDPOINT`]: 'http://a', [`${otlp}ENDPOINT`]: 'http://b' }, { metricsUrl: 'http://a/' }],
  [{ [`${metrics}ENDPOINT`]: '', [`${otlp}ENDPOINT`]: ' http://b ' }, { metricsUrl: 'http://b/v1/metrics' }],
  [{ [`${otlp}PROTOCOL`]: 'HTTP/Protobuf' }, { protocol: 'http/protobuf' }],
  [{ [`${otlp}PROTOCOL`]: 'http/protobuf', [`${metrics}PROTOCOL`]: 'http/json' }, { protocol: 'http/json' }],
  [{ [`${otlp}COMPRESSION`]: 'gzip' }, { compression: 'gzip' }],
  [{ [`${metrics}COMPRESSION`]: 'none', [`${otlp}COMPRESSION`]: 'gzip' }, { compression: 'none' }],
  [{ [`${otlp}TIMEOUT`]: '500' }, { timeoutMs: 500 }],
  [{ [`${metrics}TIMEOUT`]: '700', [`${otlp}TIMEOUT`]: '500' }, { timeoutMs: 700 }],
  [{ [`${otlp}TIMEOUT`]: '0' }, { timeoutMs: 2_147_483_647 }],
  [{ OTEL_METRIC_EXPORT_TIMEOUT: '900' }, { timeoutMs: 900 }],
  [{ OTEL_METRIC_EXPORT_TIMEOUT: '900', [`${otlp}TIMEOUT`]: '500' }, { timeoutMs: 500 }],
  [{ OTEL_METRIC_EXPORT_TIMEOUT: '400', [`${otlp}TIMEOUT`]: '500' }, { timeoutMs: 400 }],
  [{ OTEL_METRIC_EXPORT_TIMEOUT: '400', [`${otlp}TIMEOUT`]: '0' }, { timeoutMs: 400 }],
  [{ OTEL_METRIC_EXPORT_INTERVAL: '0500' }, { flushIntervalMs: 500 }],
  [{ [`${metrics}TEMPORALITY_PREFERENCE`]: 'LowMemory' }, { temporality: 'low-memory' }],
  [{ [`${metrics}TEMPORALITY_PREFERENCE`]: 'Delta' }, { temporality: 'delta' }],
  [
    { [`${metrics}DEFAULT_HISTOGRAM_AGGREGATION`]: 'base2_exponential_bucket_histogram' },
    { latencyHistogram: 'exponential' },
  ],
  [
    { [`${metrics}DEFAULT_HISTOGRAM_AGGREGATION`]: 'explicit_bucket_histogram' },
    { latencyHistogram: 'explicit' },
  ],
  [{ [`${otlp}CERTIFICATE`]: '/ca.pem' }, { tls: { caFile: '/ca.pem' } }],
  [{ [`${metrics}CERTIFICATE`]: '/m.pem', [`${otlp}CERTIFICATE`]: '/ca.pem' }, { tls: { caFile: '/m.pem' } }],
  [
    { [`${otlp}CLIENT_CERTIFICATE`]: '/c.pem', [`${metrics}CLIENT_KEY`]: '/c.key' },
    { tls: { certFile: '/c.pem', keyFile: '/c.key' } },
  ],
  [{ OTEL_SERVICE_NAME: '42' }, { serviceName: '42' }],
  [
    { OTEL_RESOURCE_ATTRIBUTES: 'service.name=a,service.instance.id=i' },
    { serviceName: 'a', serviceInstanceId: 'i' },
  ],
  [{ OTEL_SERVICE_NAME: 'b', OTEL_RESOURCE_ATTRIBUTES: 'service.name=a' }, { serviceName: 'b' }],
  [{ OTEL_RESOURCE_ATTRIBUTES: 'service.name=' }, { serviceName: undefined }],
  [{ OTEL_SDK_DISABLED: 'TRUE' }, { disabled: true }],
  [{ OTEL_SDK_DISABLED: 'false' }, { disabled: false }],
  [{ OTEL_SDK_DISABLED: '' }, { disabled: false }],
  [{ HTTP_PROXY: 'http://p:1' }, { proxy: { http: 'http://p:1' } }],
  [{ HTTPS_PROXY: 'http://p:1', https_proxy: 'http://p:2' }, { proxy: { https: 'http://p:2' } }],
  [{ NO_PROXY: 'a,b' }, { proxy: { noProxy: 'a,b' } }],
])('reads %j without a warning', (environment, expected) => {
  const { config, warnings } = read(environment);
  expect(warnings).toEqual([]);
  expect(config).toMatchObject(expected);
});

test.each<[variable: string, value: string, why: string]>([
  [`${metrics}ENDPOINT`, 'collector', '"collector" is not an http or https URL'],
  [
    `${metrics}ENDPOINT`,
    'http://u:hush@a',
    '"http://[redacted]@a/" is not a URL without user name and password',
  ],
  [`${otlp}ENDPOINT`, 'http://a?key=hush', '"http://a/?[redacted]" is not a base URL without a query'],
  [`${otlp}ENDPOINT`, 'http://u:/hush@a', '[redacted] is not a URL without user name and password'],
  [`${otlp}PROTOCOL`, 'grpc', '"grpc" is not "http/json" or "http/protobuf"'],
  [`${metrics}COMPRESSION`, 'brotli', '"brotli" is not "none", "gzip" or "zstd"'],
  [`${otlp}TIMEOUT`, '10s', '"10s" is not an integer from 0'],
  [`${otlp}TIMEOUT`, '-1', '"-1" is not an integer from 0'],
  [`${otlp}TIMEOUT`, '1e3', '"1e3" is not an integer from 0'],
  [`${otlp}TIMEOUT`, '99999999999999999999', '"99999999999999999999" is not an integer from 0'],
  ['OTEL_METRIC_EXPORT_INTERVAL', '9', '"9" is not an integer from 10'],
  ['OTEL_METRIC_EXPORT_TIMEOUT', 'x', '"x" is not an integer from 0'],
  [`${metrics}TEMPORALITY_PREFERENCE`, 'low-memory', '"low-memory" is none of cumulative, delta, lowmemory'],
  [
    `${metrics}DEFAULT_HISTOGRAM_AGGREGATION`,
    'constructor',
    '"constructor" is none of explicit_bucket_histogram',
  ],
  [`${otlp}HEADERS`, 'Bearer hush', 'entry 1 has no "="'],
  [`${metrics}HEADERS`, 'a=%0d%0Ahush', 'it has a header value that cannot be sent'],
  [`${metrics}HEADERS`, 'a hush=b', 'it has a header name that cannot be sent'],
  [`${metrics}HEADERS`, 'a=%zz-hush', 'entry 1 is not percent-encoded correctly'],
  [`${metrics}HEADERS`, 'aHVzaA=', 'it has a header without a value'],
  [`${metrics}HEADERS`, 'content-length=5', 'it has a header name that cannot be sent'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'a=1,hush', 'entry 2 has no "=", which discards the whole value'],
  [
    'OTEL_RESOURCE_ATTRIBUTES',
    'a=%E0%A4',
    'entry 1 is not percent-encoded correctly, which discards the whole value',
  ],
  ['OTEL_SDK_DISABLED', '1', '"1" is neither true nor false'],
  ['HTTPS_PROXY', 'socks5://u:hush@p', 'it is not an http or https URL'],
])('warns that %s=%s is ignored, and goes on', (variable, value, why) => {
  const { config, warnings } = read({ [variable]: value });
  expect(warnings).toMatchObject([{ code: 'ENVIRONMENT_VALUE_IGNORED', variable }]);
  expect(warnings[0]?.message).toContain(`The environment variable ${variable} is ignored: ${why}`);
  expect(warnings[0]?.message).not.toContain('hush');
  expect({ ...config, proxy: undefined }).toEqual({ ...read({}).config, proxy: undefined });
});

test('takes the general variable when the one for metrics cannot be used', () => {
  const { config, warnings } = read({ [`${metrics}TIMEOUT`]: 'soon', [`${otlp}TIMEOUT`]: '500' });
  expect(config.timeoutMs).toBe(500);
  expect(warnings.map(({ variable }) => variable)).toEqual([`${metrics}TIMEOUT`]);
});

test('adds the headers of the environment to those of the file by name', () => {
  const toml = 'endpoint = "https://a"\nheaders = { Tenant = "file", Authorization = "file" }';
  const { config } = read({ [`${otlp}HEADERS`]: 'authorization=a%20b%3D, x-y = 1 ,' }, toml);
  expect(Object.fromEntries(config.headers)).toEqual({ tenant: 'file', authorization: 'a b=', 'x-y': '1' });
});

test('takes the headers for metrics instead of the general ones', () => {
  const { config } = read({
    [`${otlp}HEADERS`]: 'authorization=general',
    [`${metrics}HEADERS`]: 'x-team=metrics',
  });
  expect(Object.fromEntries(config.headers)).toEqual({ 'x-team': 'metrics' });
});

test('decodes resource attributes, and keeps what names the service apart', () => {
  const { config } = read({ OTEL_RESOURCE_ATTRIBUTES: 'service.name=a,k%3D1=v%2C1, __proto__ = x ,empty=' });
  expect([...config.resourceAttributes]).toEqual([
    ['k=1', 'v,1'],
    ['__proto__', 'x'],
    ['empty', ''],
  ]);
});

test('starts relative PEM paths of the environment at the working directory', () => {
  expect(read({ [`${otlp}CERTIFICATE`]: 'ca.pem' }).config.tls.caFile).toBe(resolve('ca.pem'));
});

test('does not use a verbatim URL of the environment when code names an endpoint', () => {
  const environment = { [`${metrics}ENDPOINT`]: 'http://env/verbatim' };
  expect(validateConfig({ endpoint: 'http://code' }, { environment }).metricsUrl).toBe(
    'http://code/v1/metrics',
  );
});

test.each<
  [environment: Record<string, string>, toml: string, ignored: string, expected: Record<string, unknown>]
>([
  [{ [`${otlp}HEADERS`]: 'a=hush' }, 'endpoint = "http://far"', `${otlp}HEADERS`, { endpoint: 'http://far' }],
  [
    { [`${otlp}ENDPOINT`]: 'http://far' },
    'endpoint = "https://near"\nheaders.a = "hush"',
    `${otlp}ENDPOINT`,
    { endpoint: 'https://near' },
  ],
  [
    { [`${metrics}ENDPOINT`]: 'http://far' },
    'endpoint = "https://near"\nheaders.a = "hush"',
    `${metrics}ENDPOINT`,
    { metricsUrl: 'https://near/v1/metrics' },
  ],
  [
    { [`${otlp}ENDPOINT`]: 'http://far', [`${otlp}HEADERS`]: 'a=hush' },
    '',
    `${otlp}HEADERS`,
    { endpoint: 'http://far' },
  ],
  [{ [`${otlp}CLIENT_KEY`]: '/k' }, '', `${otlp}CLIENT_KEY`, { tls: { keyFile: undefined } }],
  [
    { [`${otlp}CLIENT_CERTIFICATE`]: '/c' },
    '',
    `${otlp}CLIENT_CERTIFICATE`,
    { tls: { certFile: undefined } },
  ],
])('ignores what of the environment %j does not go with %j', (environment, toml, ignored, expected) => {
  const { config, warnings } = read(environment, toml);
  expect(config).toMatchObject(expected);
  expect(warnings.map(({ variable }) => variable)).toEqual([ignored]);
  expect(warnings[0]?.message).not.toContain('hush');
});

test('completes a client certificate of the file by a key of the environment', () => {
  const { config } = read({ [`${otlp}CLIENT_KEY`]: '/k' }, 'tls.ca-file = "ca"\nendpoint = "https://a"');
  expect(config.tls.keyFile).toBe(undefined);
  const both = read({ [`${otlp}CLIENT_KEY`]: '/k' }, 'tls.cert-file = "c"');
  expect(both.config.tls).toMatchObject({ certFile: '/etc/node/c', keyFile: '/k' });
});

test.each(['http://localhost:1', 'http://127.0.0.1', 'http://127.9.9.9', 'http://[::1]:4', 'https://far'])(
  'lets headers go to %s',
  (endpoint) => {
    expect(read({}, `endpoint = "${endpoint}"\nheaders.a = "b"`).config.headers.size).toBe(1);
  },
);

test.each([
  'http://far',
  'http://128.0.0.1',
  'http://127.0.0.1.example',
  'http://localhost.example',
  'http://[::2]',
])('lets no header go to %s unless that is allowed', (endpoint) => {
  const toml = `endpoint = "${endpoint}"\nheaders.a = "b"`;
  expect(() => read({}, toml)).toThrow(/plain http/);
  expect(read({}, `${toml}\nallow-insecure-credentials = true`).config.headers.size).toBe(1);
});

test('has a default for every setting but the socket and the names of the service', () => {
  const scalars = Object.entries(settings().scalars);
  const without = scalars.filter(([, setting]) => setting.fallback === undefined).map(([key]) => key);
  expect(without).toEqual(['socketPath', 'serviceName', 'serviceInstanceId']);
});
