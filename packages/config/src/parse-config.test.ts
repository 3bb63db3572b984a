import { expect, test } from 'vitest';

import { parseConfig } from './parse-config.ts';

test('makes a configuration from the text of a file', () => {
  const config = parseConfig(
    `[telemetry]
    endpoint = "http://collector.pqcnet.io:4318"
    flush-interval-ms = 500
    labels = { component = "sentry" }`,
    { environment: {} },
  );
  expect(config).toMatchObject({
    endpoint: 'http://collector.pqcnet.io:4318',
    metricsUrl: 'http://collector.pqcnet.io:4318/v1/metrics',
    flushIntervalMs: 500,
    serviceName: 'sentry',
    protocol: 'http/json',
  });
});
