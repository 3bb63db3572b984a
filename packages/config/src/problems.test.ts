import { expect, test } from 'vitest';

import { ConfigError, type ConfigProblem } from './config-error.ts';
import { parseConfig } from './parse-config.ts';
import type { TelemetryConfigInput } from './telemetry-config-input.ts';
import { validateConfig } from './validate-config.ts';

function problemsOf(act: () => unknown): readonly ConfigProblem[] {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const integer = (from: number, to: number, unit: string): string =>
  `an integer from ${from} to ${to} (${unit})`;
const ms = (from: number): string => integer(from, 2_147_483_647, 'milliseconds');
const http = 'an http or https URL, such as "http://localhost:4318"';
const noCredentials = 'a URL without user name and password: put credentials into a header';
const text = 'a string that is not empty';
const bounds = 'an array of at most 1000 finite, strictly increasing numbers';
const label = 'a string, a boolean or a finite number';
const header = 'a string that an HTTP header can carry: no line break, no control character';
const headerName = "an HTTP header name: letters, digits and any of ! # $ % & ' * + - . ^ _ ` | ~";
const metricName = 'a metric name: a letter, then at most 254 letters, digits or any of _ . - /';
const unit = 'at most 63 printable ASCII characters, such as "ms" or "{message}"';

test.each<[toml: string, path: string, found: string, expected: string]>([
  ['endpoint = 5', 'endpoint', '5', 'an http or https URL, such as "http://localhost:4318"'],
  ['endpoint = ""', 'endpoint', '""', http],
  ['endpoint = "collector:4318"', 'endpoint', '"collector:4318"', http],
  ['endpoint = "ftp://collector"', 'endpoint', '"ftp://collector"', http],
  ['endpoint = "http:collector"', 'endpoint', '"http:collector"', http],
  ['endpoint = "http://a b"', 'endpoint', '"http://a b"', http],
  ['endpoint = "http://a:99999"', 'endpoint', '"http://a:99999"', http],
  ['endpoint = "http+unix://%2Fsock"', 'endpoint', '"http+unix://%2Fsock"', http],
  ['endpoint = "https://u:p@a/x"', 'endpoint', '"https://[redacted]@a/x"', noCredentials],
  ['endpoint = "https://u@a"', 'endpoint', '"https://[redacted]@a/"', noCredentials],
  ['endpoint = "u:p@a"', 'endpoint', '[redacted]', http],
  ['endpoint = "http://a/#x"', 'endpoint', '"http://a/?[redacted]"', 'a URL without a fragment (#…)'],
  [
    'endpoint = "http://a?key=1"',
    'endpoint',
    '"http://a/?[redacted]"',
    'a base URL without a query (?…), since a path is appended',
  ],
  ['socket-path = ""', 'socket-path', '""', 'the path of a Unix socket'],
  ['http-version = 2', 'http-version', '2', '"1.1" or "2"'],
  [
    'http-version = "2"',
    'http-version',
    '"2" for plain http',
    'an https endpoint: HTTP/2 is agreed on in the TLS handshake',
  ],
  ['flush-interval-ms = 9', 'flush-interval-ms', '9', ms(10)],
  ['flush-interval-ms = 2147483648', 'flush-interval-ms', '2147483648', ms(10)],
  ['flush-interval-ms = 99999999999999999999', 'flush-interval-ms', '99999999999999999999', ms(10)],
  ['flush-interval-ms = 10.5', 'flush-interval-ms', '10.5', ms(10)],
  ['flush-interval-ms = "500"', 'flush-interval-ms', '"500"', ms(10)],
  ['flush-interval-ms = inf', 'flush-interval-ms', 'Infinity', ms(10)],
  ['flush-interval-ms = nan', 'flush-interval-ms', 'nan', ms(10)],
  ['service-name = ""', 'service-name', '""', text],
  ['service-name = " "', 'service-name', '" "', text],
  ['service-instance-id = false', 'service-instance-id', 'false', text],
  ['protocol = "grpc"', 'protocol', '"grpc"', '"http/json" or "http/protobuf"'],
  ['compression = "br"', 'compression', '"br"', '"none", "gzip" or "zstd"'],
  ['timeout-ms = -1', 'timeout-ms', '-1', ms(0)],
  ['max-request-bytes = 1023', 'max-request-bytes', '1023', integer(1024, 67_108_864, 'bytes')],
  ['max-request-bytes = 67108865', 'max-request-bytes', '67108865', integer(1024, 67_108_864, 'bytes')],
  ['max-window-age-ms = 0', 'max-window-age-ms', '0', ms(1)],
  ['temporality = "lowmemory"', 'temporality', '"lowmemory"', '"cumulative", "delta" or "low-memory"'],
  ['latency-histogram = 1979-05-27', 'latency-histogram', '1979-05-27', '"explicit" or "exponential"'],
  ['latency-bounds-ms = 5', 'latency-bounds-ms', '5', bounds],
  ['latency-bounds-ms = [1, 1]', 'latency-bounds-ms[1]', '1', 'a number greater than the one before it (1)'],
  ['latency-bounds-ms = [1, inf]', 'latency-bounds-ms[1]', 'Infinity', 'a finite number'],
  ['latency-bounds-ms = [[1]]', 'latency-bounds-ms[0]', '[1]', 'a finite number'],
  ['cardinality-limit = 1', 'cardinality-limit', '1', integer(2, 10_000_000, 'series')],
  ['label-placement = "none"', 'label-placement', '"none"', '"both", "resource" or "datapoint"'],
  ['allow-insecure-credentials = "true"', 'allow-insecure-credentials', '"true"', 'true or false'],
  ['labels = 5', 'labels', '5', 'a table'],
  ['labels = ["a"]', 'labels', '["a"]', 'a table'],
  ['labels."" = 1', 'labels.""', 'the key ""', 'a label key that is not empty'],
  ['labels.a = [1, 2]', 'labels.a', '[1, 2]', label],
  ['labels.a.b = 1', 'labels.a', 'a table', label],
  ['labels.a = 07:32:00', 'labels.a', '07:32:00.000', label],
  ['labels.a = nan', 'labels.a', 'nan', label],
  ['headers = "a=b"', 'headers', '[redacted]', 'a table'],
  ['headers.a = 5', 'headers.a', '[redacted]', header],
  [String.raw`headers.a = "x\r\ny"`, 'headers.a', '[redacted]', header],
  ['headers.a = "€"', 'headers.a', '[redacted]', header],
  ['headers."a b" = "x"', 'headers."a b"', 'the key "a b"', headerName],
  ['headers."" = "x"', 'headers.""', 'the key ""', headerName],
  [
    'headers.Content-Type = "x"',
    'headers.Content-Type',
    'the key "Content-Type"',
    'another header: the exporter sends this one itself',
  ],
  [
    'headers.a = "${env:NOT_THERE}"',
    'headers.a',
    '[redacted]',
    'the environment variable NOT_THERE to be set: it is missing or empty',
  ],
  [
    'labels.a = "${env:BLANK}"',
    'labels.a',
    '"${env:BLANK}"',
    'the environment variable BLANK to be set: it is missing or empty',
  ],
  [
    'headers.a = "$TOKEN ${TOKEN}"',
    'headers.a',
    '[redacted]',
    'a reference written ${env:NAME}, or $${ for a literal ${',
  ],
  [
    'headers.a = "${env:TOKEN"',
    'headers.a',
    '[redacted]',
    'a reference written ${env:NAME}, or $${ for a literal ${',
  ],
  ['endpoint = "${env:SECRET}"', 'endpoint', '"${env:SECRET}"', noCredentials],
  ['tls = true', 'tls', 'true', 'a table'],
  ['tls.ca-file = ""', 'tls.ca-file', '""', 'the path of a PEM file'],
  [
    'tls.cert-file = "a"',
    'tls.cert-file',
    'one half of a pair',
    'key-file beside it: a client certificate needs both',
  ],
  [
    'tls.key-file = "a"',
    'tls.key-file',
    'one half of a pair',
    'cert-file beside it: a client certificate needs both',
  ],
  ['metrics.a = 5', 'metrics.a', '5', 'a table'],
  ['metrics."1a" = {}', 'metrics.1a', 'the key "1a"', metricName],
  ['metrics.a.unit = "µs"', 'metrics.a.unit', '"µs"', unit],
  [`metrics.a.unit = "${'x'.repeat(64)}"`, 'metrics.a.unit', `"${'x'.repeat(64)}"`, unit],
  ['metrics.a.description = 5', 'metrics.a.description', '5', 'a string'],
  ['metrics.a.bounds = [2, 1]', 'metrics.a.bounds[1]', '1', 'a number greater than the one before it (2)'],
  [
    `metrics.a.bounds = [${Array.from({ length: 1001 }, (_, index) => index).join()}]`,
    'metrics.a.bounds',
    '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, …]',
    bounds,
  ],
])('refuses %s', (toml, path, found, expected) => {
  const environment = { SECRET: 'https://user:hush@host', BLANK: ' ' };
  const problems = problemsOf(() => parseConfig(`[telemetry]\n${toml}`, { environment }));
  expect(problems).toMatchObject([{ path: `telemetry.${path}`, found, expected, line: 2 }]);
});

test.each<[toml: string, path: string, found: string | undefined, expected: string]>([
  [
    'headers.a = "1"\nheaders.A = "2"',
    'headers.A',
    undefined,
    'each header once: the casing of a name makes no difference',
  ],
  [
    'metrics.a.unit = "s"\nmetrics.A.unit = "s"',
    'metrics.A',
    undefined,
    'each metric once: the casing of a name makes no difference',
  ],
  [
    'endpoint = "http://far"\nheaders.a = "1"',
    'headers',
    'headers, which may hold credentials, for plain http to far',
    'an https endpoint, a loopback host, or allow-insecure-credentials = true',
  ],
])('refuses what does not go together: %j', (toml, path, found, expected) => {
  const problems = problemsOf(() => parseConfig(`[telemetry]\n${toml}`, { environment: {} }));
  expect(problems).toMatchObject([{ path: `telemetry.${path}`, found, expected, line: 3 }]);
});

test.each<[toml: string, path: string, suggestion: string | undefined]>([
  ['[telemetry]\nprotocl = "x"', 'telemetry.protocl', 'protocol'],
  ['[telemetry]\nflushIntervalMs = 5', 'telemetry.flushIntervalMs', 'flush-interval-ms'],
  ['[telemetry]\nflush_interval_ms = 5', 'telemetry.flush_interval_ms', 'flush-interval-ms'],
  ['[telemetry]\nheader = { a = "b" }', 'telemetry.header', 'headers'],
  ['[telemetry]\nunrelated-thing = 1', 'telemetry.unrelated-thing', undefined],
  ['[telemetry.tls]\nca = "x"', 'telemetry.tls.ca', undefined],
  ['[telemetry.tls]\ncafile = "x"', 'telemetry.tls.cafile', 'ca-file'],
  ['[telemetry.metrics.m]\nbound = [1]', 'telemetry.metrics.m.bound', 'bounds'],
  ['[telemtry]\nendpoint = "x"', 'telemtry', 'telemetry'],
  ['[telemetry]\n[other]\na = 1', 'other', undefined],
])('refuses the unknown key in %j', (toml, path, suggestion) => {
  const problems = problemsOf(() => parseConfig(toml, { environment: {} }));
  expect(problems).toMatchObject([{ path, suggestion, found: 'an unknown key' }]);
});

test.each<[input: unknown, path: string, found: string | undefined, expected: string]>([
  [null, '', 'null', 'an object'],
  [undefined, '', 'nothing', 'an object'],
  ['text', '', '"text"', 'an object'],
  [[], '', '[]', 'an object'],
  [new Date(0), '', '1970-01-01T00:00:00.000Z', 'an object'],
  [{ flushIntervalMs: 9 }, 'flushIntervalMs', '9', ms(10)],
  [{ flushIntervalMs: 10n }, 'flushIntervalMs', '10', ms(10)],
  [{ flushIntervalMs: null }, 'flushIntervalMs', 'null', ms(10)],
  [
    { 'flush-interval-ms': 500 },
    'flush-interval-ms',
    'an unknown key',
    'a known key: did you mean flushIntervalMs?',
  ],
  [{ labels: 'a=b' }, 'labels', '"a=b"', 'an object or a Map'],
  [{ labels: { a: () => 1 } }, 'labels.a', 'a function', label],
  [{ labels: { a: Symbol('s') } }, 'labels.a', 'a symbol', label],
  [{ headers: new Map([['a b', 'x']]) }, 'headers."a b"', 'the key "a b"', headerName],
  [{ latencyBoundsMs: [1, undefined] }, 'latencyBoundsMs[1]', 'nothing', 'a finite number'],
  [
    { tls: { certFile: 'a' } },
    'tls.certFile',
    'one half of a pair',
    'keyFile beside it: a client certificate needs both',
  ],
  [
    { endpoint: 'http://far', headers: { a: '1' } },
    'headers',
    'headers, which may hold credentials, for plain http to far',
    'an https endpoint, a loopback host, or allowInsecureCredentials = true',
  ],
])('refuses %o from code', (input, path, found, expected) => {
  // What a caller without types may pass.
  const problems = problemsOf(() => validateConfig(input as TelemetryConfigInput, { environment: {} }));
  expect(problems).toMatchObject([{ path, found, expected, line: undefined }]);
});

test('names each wrong item of an array', () => {
  const problems = problemsOf(() =>
    parseConfig('[telemetry]\nlatency-bounds-ms = [2, 1, "a"]', { environment: {} }),
  );
  expect(problems.map(({ path }) => path)).toEqual([
    'telemetry.latency-bounds-ms[1]',
    'telemetry.latency-bounds-ms[2]',
  ]);
});

test('does not miss a value that is there but wrong', () => {
  const toml = '[telemetry.tls]\ncert-file = 5\nkey-file = "x"';
  const problems = problemsOf(() => parseConfig(toml, { environment: {} }));
  expect(problems.map(({ path }) => path)).toEqual(['telemetry.tls.cert-file']);
});

test('names every problem of the file and of the code at once, in the order of the file', () => {
  const toml = '[telemetry]\nlabels = 1\nprotocol = "grpc"\n[telemetry.tls]\ncert-file = "x"\nca = "y"';
  const problems = problemsOf(() => parseConfig(toml, { environment: {}, overrides: { timeoutMs: -1 } }));
  expect(problems.map(({ path, line }) => [path, line])).toEqual([
    ['timeoutMs', undefined],
    ['telemetry.labels', 2],
    ['telemetry.protocol', 3],
    ['telemetry.tls.cert-file', 5],
    ['telemetry.tls.ca', 6],
  ]);
});
