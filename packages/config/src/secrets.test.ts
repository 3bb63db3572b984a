import { inspect } from 'node:util';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { ConfigError } from './config-error.ts';
import { describeConfig } from './describe-config.ts';
import type { ConfigWarning } from './config-warning.ts';
import { parseConfig, type ParseOptions } from './parse-config.ts';
import type { TelemetryConfig } from './telemetry-config.ts';
import type { TelemetryConfigInput } from './telemetry-config-input.ts';
import { validateConfig } from './validate-config.ts';

/** Everything that a program could show of what happened. */
function shownBy(
  act: (options: ParseOptions) => TelemetryConfig,
  environment: Record<string, string>,
): string {
  const warnings: ConfigWarning[] = [];
  const shown: string[] = [];
  try {
    const config = act({ environment, onWarning: (warning) => void warnings.push(warning) });
    shown.push(inspect(config, { depth: 9, showHidden: true }), JSON.stringify(config));
    shown.push(JSON.stringify(describeConfig(config)));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    shown.push(error.message, `${error.stack}`, inspect(error, { depth: 9, showHidden: true }));
    shown.push(JSON.stringify(error), JSON.stringify(error.problems));
  }
  return [...shown, JSON.stringify(warnings)].join('\n');
}

const marker = 'hush-hush';
const noise = fc.constantFrom(
  '',
  ' ',
  '\n',
  '\r\n',
  '"',
  '@',
  ':',
  '/',
  '#',
  '?',
  '%',
  '€',
  '\u0007',
  '=',
  ',',
  '${',
  '}',
);
const secret = fc.tuple(noise, noise, noise, noise).map(([a, b, c, d]) => `${a}${b}${marker}${c}${d}`);

const places: readonly ((secret: string) => string)[] = [
  (value) => `headers.authorization = ${JSON.stringify(value)}`,
  (value) => `headers = { "x y" = ${JSON.stringify(value)} }`,
  (value) => `headers = ${JSON.stringify(value)}`,
  (value) => `headers.a = [${JSON.stringify(value)}]`,
  (value) => `headers.a.b = ${JSON.stringify(value)}`,
  (value) => `header.authorization = ${JSON.stringify(value)}`,
  (value) => `api-key = ${JSON.stringify(value)}`,
  (value) => `endpoint = ${JSON.stringify(`http://u:${encodeURIComponent(value)}@host:1/x`)}`,
  (value) => `endpoint = ${JSON.stringify(`http://host/?key=${value}`)}`,
  (value) => `endpoint = [${JSON.stringify(`http://u:${encodeURIComponent(value)}@host`)}]`,
  (value) => `service-name = 5\nheaders.a = ${JSON.stringify(value)}\nendpoint = "http://far"`,
  (value) => `headers.a = ${JSON.stringify(value)} extra`,
  (value) => `headers.a = ${JSON.stringify(value)}\nheaders.a = 1`,
  (value) => `headers.a = '${value}`,
  () => 'headers.a = "${env:TOKEN}"\nheaders.A = "x"',
  () => 'endpoint = "http://u:${env:TOKEN}@host"',
  () => 'service-instance-id = 5\nheaders.a = "${env:TOKEN}"',
  () => 'tls.ca-file = 5\nprotocol = "${env:TOKEN}"',
];

// What stands before a "=" there is the name of a header, and no secret.
function variableOf(name: string, value: string): string {
  return name.endsWith('HEADERS') ? value.replaceAll('=', '').replace(/^a?/, 'a=') : value;
}

const variables = [
  'TOKEN',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_METRICS_HEADERS',
  'HTTPS_PROXY',
];

test('never shows a secret, wherever in a file or in the environment it stands', () => {
  fc.assert(
    fc.property(
      fc.subarray(places.map((_, index) => index)),
      secret,
      fc.subarray(variables),
      fc.constantFrom('', 'a=', 'http://u:'),
      (chosen, value, set, prefix) => {
        const lines = chosen.map((index) => places[index]?.(value));
        const environment = Object.fromEntries(
          set.map((name) => [name, variableOf(name, `${prefix}${value}`)]),
        );
        const shown = shownBy(
          (options) => parseConfig(`[telemetry]\n${lines.join('\n')}`, options),
          environment,
        );
        expect(shown).not.toContain(marker);
      },
    ),
    { numRuns: 300 },
  );
});

test.each(places.map((place) => place(`a${marker}\n`)))('does not show the secret in %j', (line) => {
  const environment = { TOKEN: `a${marker}\n` };
  expect(shownBy((options) => parseConfig(`[telemetry]\n${line}`, options), environment)).not.toContain(
    marker,
  );
});

test.each<TelemetryConfigInput>([
  { endpoint: `http://u:${marker}@host` },
  { headers: { a: `${marker}\n` } },
  { headers: new Map([['a b', marker]]) },
  { headers: { a: marker }, endpoint: 'http://far' },
  { headers: { a: marker }, endpoint: 'https://far' },
])('does not show the secret in the code %j', (input) => {
  expect(shownBy((options) => validateConfig(input, options), {})).not.toContain(marker);
});

const tomlValue = fc.oneof(
  fc.constantFrom(
    '1',
    '-1',
    '0.5',
    'inf',
    'nan',
    'true',
    '"x"',
    "'''y'''",
    '[]',
    '[1, 2]',
    '{}',
    '{ a = 1 }',
  ),
  fc.constantFrom(
    '1979-05-27',
    '07:32:00',
    '99999999999999999999',
    '"http://a"',
    '"${env:A}"',
    '[[1], {}]',
    '=',
  ),
  fc.string({ unit: 'binary' }),
);
const tomlKey = fc.oneof(
  fc.constantFrom(
    'endpoint',
    'flush-interval-ms',
    'labels',
    'headers.a',
    'tls',
    'tls.cert-file',
    'metrics.a',
  ),
  fc.constantFrom(
    'metrics',
    '__proto__',
    'constructor',
    'labels.__proto__.a',
    '[telemetry',
    '[[telemetry.tls]]',
  ),
  fc.constantFrom('latency-bounds-ms', 'protocol', 'telemetry', '"a\\nb"', 'metrics.__proto__.bounds'),
  fc.string(),
);
const tomlText = fc
  .array(fc.tuple(tomlKey, tomlValue), { maxLength: 4 })
  .map((pairs) => pairs.map(([key, value]) => `${key} = ${value}`).join('\n'));

const variableNames = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_TIMEOUT',
  'OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY',
  'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
  'OTEL_METRIC_EXPORT_INTERVAL',
  'OTEL_METRIC_EXPORT_TIMEOUT',
  'OTEL_RESOURCE_ATTRIBUTES',
  'OTEL_SDK_DISABLED',
  'HTTP_PROXY',
  'A',
];

test('throws nothing but a ConfigError, whatever the text and the environment', () => {
  fc.assert(
    fc.property(
      fc.oneof(tomlText, fc.string({ unit: 'binary' })),
      fc.dictionary(fc.constantFrom(...variableNames), fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl())),
      fc.boolean(),
      (text, environment, headed) => {
        expect(
          shownBy((options) => parseConfig(headed ? `[telemetry]\n${text}` : text, options), environment),
        ).toBeTypeOf('string');
      },
    ),
    { numRuns: 1000 },
  );
});

test('is never stopped by an injected environment when the file is good', () => {
  const toml =
    '[telemetry]\nendpoint = "https://far"\nheaders.a = "b"\ntls = { cert-file = "c", key-file = "k" }';
  const names = fc.constantFrom(...variableNames);
  fc.assert(
    fc.property(
      fc.dictionary(names, fc.oneof(fc.string(), fc.webUrl(), fc.constantFrom('http://far', '/x'))),
      (set) => {
        expect(parseConfig(toml, { environment: set, onWarning: () => undefined }).headers.has('a')).toBe(
          true,
        );
      },
    ),
    { numRuns: 500 },
  );
});
