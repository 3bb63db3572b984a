import { expect, test } from 'vitest';

import { describeConfig, type DescribedValue } from './describe-config.ts';
import { parseConfig, type ParseOptions } from './parse-config.ts';
import type { TelemetryConfig } from './telemetry-config.ts';
import { validateConfig } from './validate-config.ts';

function described(config: TelemetryConfig, key: string): Partial<DescribedValue> | undefined {
  const found = describeConfig(config).find((each) => each.key === key);
  if (found === undefined) return undefined;
  const { key: _, line, variables, ...rest } = found;
  return { ...rest, ...(line !== undefined && { line }), ...(variables.length > 0 && { variables }) };
}

function parse(lines: readonly string[], options: ParseOptions = {}): TelemetryConfig {
  return parseConfig(['[telemetry]', ...lines].join('\n'), { environment: {}, ...options });
}

test('lists what is set and every default', () => {
  const listed = describeConfig(parse([]));
  expect(listed).toContainEqual({
    key: 'endpoint',
    value: 'http://localhost:4318',
    source: 'default',
    line: undefined,
    variables: [],
  });
  expect(listed.find(({ key }) => key === 'latency-bounds-ms')?.value).toHaveLength(15);
  expect(listed.map(({ key }) => key)).not.toContain('service-name');
  expect(listed.every(({ source }) => source === 'default')).toBe(true);
});

test('tells the line of what the file says, and the variables that it refers to', () => {
  const config = parse(
    [
      'flush-interval-ms = 500',
      'latency-bounds-ms = [1, 5]',
      '[telemetry.labels]',
      '"a b" = "${env:REGION}-${env:ZONE}"',
      'flushIntervalMs = true',
      '[telemetry.headers]',
      'Authorization = "${env:TOKEN}"',
      '[telemetry.tls]',
      'ca-file = "ca.pem"',
      '[telemetry.metrics."ingestSuccess"]',
      'bounds = [1]',
      'unit = "By"',
    ],
    {
      environment: { REGION: 'eu', ZONE: '1', TOKEN: 'hush' },
      baseDirectory: '/etc',
      overrides: { metrics: { INGESTSUCCESS: { unit: 'ms' } } },
    },
  );
  const file = { source: 'file' };
  expect(described(config, 'flush-interval-ms')).toEqual({ ...file, value: 500, line: 2 });
  expect(described(config, 'latency-bounds-ms')).toEqual({ ...file, value: [1, 5], line: 3 });
  expect(described(config, 'labels."a b"')).toEqual({
    ...file,
    value: 'eu-1',
    line: 5,
    variables: ['REGION', 'ZONE'],
  });
  expect(described(config, 'labels.flushIntervalMs')).toEqual({ ...file, value: true, line: 6 });
  expect(described(config, 'headers.authorization')).toEqual({
    ...file,
    value: '[redacted]',
    line: 8,
    variables: ['TOKEN'],
  });
  expect(described(config, 'tls.ca-file')).toEqual({ ...file, value: '/etc/ca.pem', line: 10 });
  expect(described(config, 'metrics.INGESTSUCCESS.bounds')).toEqual({ ...file, value: [1], line: 12 });
  expect(described(config, 'metrics.INGESTSUCCESS.unit')).toEqual({ source: 'code', value: 'ms' });
});

test('leads a service name that is not written down to the label that stands in for it', () => {
  const fromLabel = parse(['[telemetry.labels]', 'component = "sentry"']);
  expect(described(fromLabel, 'service-name')).toEqual({ value: 'sentry', source: 'file', line: 3 });
  const fromKey = parse(['service-name = "a"', 'labels.component = "sentry"']);
  expect(described(fromKey, 'service-name')).toEqual({ value: 'a', source: 'file', line: 2 });
});

test.each<[key: string, value: unknown, variable: string, text: string]>([
  ['endpoint', 'http://a:1/x', 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'http://a:1/x'],
  ['endpoint', 'http://a:1', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'http://a:1'],
  ['headers.api-key', '[redacted]', 'OTEL_EXPORTER_OTLP_HEADERS', 'api-key=hush'],
  ['timeout-ms', 70, 'OTEL_EXPORTER_OTLP_TIMEOUT', '70'],
  ['timeout-ms', 70, 'OTEL_METRIC_EXPORT_TIMEOUT', '70'],
  ['service-name', 'a', 'OTEL_SERVICE_NAME', 'a'],
  ['service-name', 'a', 'OTEL_RESOURCE_ATTRIBUTES', 'service.name=a'],
  ['service-instance-id', 'a', 'OTEL_RESOURCE_ATTRIBUTES', 'service.instance.id=a'],
  ['resource-attributes."host.name"', 'a', 'OTEL_RESOURCE_ATTRIBUTES', 'host.name=a'],
  ['tls.ca-file', '/ca.pem', 'OTEL_EXPORTER_OTLP_CERTIFICATE', '/ca.pem'],
  ['proxy.http', '[redacted]', 'http_proxy', 'http://me:hush@proxy:3128'],
  ['proxy.https', 'http://proxy', 'HTTPS_PROXY', 'http://proxy/'],
  ['proxy.no-proxy', 'a,b', 'NO_PROXY', 'a,b'],
  ['disabled', true, 'OTEL_SDK_DISABLED', 'true'],
])('tells that %s is %j by %s', (key, value, variable, text) => {
  const config = parse([], { environment: { [variable]: text } });
  expect(described(config, key)).toEqual({ value, source: 'environment', variables: [variable] });
});

test.each([
  ['0', '70', 'OTEL_METRIC_EXPORT_TIMEOUT'],
  ['70', '0', 'OTEL_EXPORTER_OTLP_TIMEOUT'],
  ['70', '80', 'OTEL_EXPORTER_OTLP_TIMEOUT'],
  ['80', '70', 'OTEL_METRIC_EXPORT_TIMEOUT'],
])('tells which of two time-outs holds (%s and %s)', (request, reader, variable) => {
  const environment = { OTEL_EXPORTER_OTLP_TIMEOUT: request, OTEL_METRIC_EXPORT_TIMEOUT: reader };
  const config = validateConfig({}, { environment });
  expect(described(config, 'timeout-ms')).toEqual({
    value: 70,
    source: 'environment',
    variables: [variable],
  });
});
