import { expect, test } from 'vitest';

import { isTelemetryConfig } from './telemetry-config.ts';
import { validateConfig } from './validate-config.ts';

test('takes tables as objects and as Maps', () => {
  const options = { environment: {} };
  const fromObjects = validateConfig(
    { labels: { a: 1 }, headers: { B: '2' }, metrics: { m: { unit: 's' } } },
    options,
  );
  const fromMaps = validateConfig(
    { labels: new Map([['a', 1]]), headers: fromObjects.headers, metrics: fromObjects.metrics },
    options,
  );
  expect(fromMaps).toEqual(fromObjects);
  expect(fromMaps.headers.get('b')).toBe('2');
});

test('leaves ${env:NAME} in code as it is, and undefined unset', () => {
  const config = validateConfig(
    { labels: { a: '${env:A}' }, timeoutMs: undefined },
    { environment: { A: '1' } },
  );
  expect(config.labels.get('a')).toBe('${env:A}');
  expect(config.sources.get('timeoutMs')).toBe('default');
});

test('copies what it takes', () => {
  const bounds = [1, 2];
  const labels = { a: 1 };
  const config = validateConfig({ latencyBoundsMs: bounds, labels }, { environment: {} });
  bounds.push(0);
  labels.a = 2;
  expect([config.latencyBoundsMs, config.labels.get('a')]).toEqual([[1, 2], 1]);
});

test('gives back a configuration that is resolved already', () => {
  const config = validateConfig({}, { environment: {} });
  expect(isTelemetryConfig(config)).toBe(true);
  expect(validateConfig(config)).toBe(config);
  expect([isTelemetryConfig({}), isTelemetryConfig(null), isTelemetryConfig({ ...config })]).toEqual([
    false,
    false,
    false,
  ]);
});

test('looks into the environment of the process, and warns through it, unless told otherwise', async () => {
  const warned = new Promise<Error>((resolve) => void process.once('warning', resolve));
  process.env['OTEL_METRIC_EXPORT_INTERVAL'] = '1234';
  process.env['OTEL_EXPORTER_OTLP_PROTOCOL'] = 'grpc';
  try {
    expect(validateConfig({}).flushIntervalMs).toBe(1234);
    expect(await warned).toMatchObject({ name: 'TelemetryConfigWarning', code: 'ENVIRONMENT_VALUE_IGNORED' });
  } finally {
    delete process.env['OTEL_METRIC_EXPORT_INTERVAL'];
    delete process.env['OTEL_EXPORTER_OTLP_PROTOCOL'];
  }
});
