import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import * as config from './index.ts';

const values = [
  'ConfigError',
  'describeConfig',
  'isTelemetryConfig',
  'loadConfig',
  'parseConfig',
  'validateConfig',
];
const types = [
  'Compression',
  'ConfigErrorCode',
  'ConfigOptions',
  'ConfigProblem',
  'ConfigSource',
  'ConfigWarning',
  'DescribedValue',
  'Environment',
  'FileOptions',
  'HttpVersion',
  'LabelPlacement',
  'LabelValue',
  'LatencyHistogram',
  'MetricConfig',
  'MetricInput',
  'OtlpProtocol',
  'ParseOptions',
  'ProxyConfig',
  'TableInput',
  'TelemetryConfig',
  'TelemetryConfigInput',
  'TemporalityPreference',
  'TlsConfig',
  'TlsInput',
  'WarningListener',
];

test('exports these names and no others', async () => {
  expect(Object.keys(config).toSorted()).toEqual(values);
  const source = await readFile(new URL('index.ts', import.meta.url), 'utf8');
  const lists = [...source.matchAll(/export (?:type )?\{([^}]*)\}/g)].map(([, names = '']) => names);
  const names = lists.flatMap((list) => list.split(',').map((name) => name.trim()));
  expect(names.filter((name) => name !== '').toSorted()).toEqual([...values, ...types].toSorted());
  expect(source).not.toContain('export *');
});
