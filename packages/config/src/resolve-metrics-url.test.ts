import { expect, test } from 'vitest';

import { resolveMetricsUrl } from './resolve-metrics-url.ts';

test.each([
  ['http://localhost:4318', 'http://localhost:4318/v1/metrics'],
  ['http://localhost:4318/', 'http://localhost:4318/v1/metrics'],
  ['http://prometheus:9090/api/v1/otlp', 'http://prometheus:9090/api/v1/otlp/v1/metrics'],
  ['https://otlp.example/otlp/', 'https://otlp.example/otlp/v1/metrics'],
  ['https://collector', 'https://collector/v1/metrics'],
  ['http://[::1]:4318', 'http://[::1]:4318/v1/metrics'],
])('appends v1/metrics to the base %s', (endpoint, url) => {
  expect(resolveMetricsUrl(endpoint, { verbatim: false })).toBe(url);
});

test.each([
  ['http://collector:4318', 'http://collector:4318/'],
  ['http://collector/custom', 'http://collector/custom'],
  ['http://collector/custom/?a=b', 'http://collector/custom/?a=b'],
])('takes %s verbatim', (endpoint, url) => {
  expect(resolveMetricsUrl(endpoint, { verbatim: true })).toBe(url);
});
