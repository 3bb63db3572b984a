import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { TestCollector } from '@pqcnet/telemetry-test-collector';
import { collectorFixture, collectorMatchers } from '@pqcnet/telemetry-test-collector/vitest';
import { expect, test as base } from 'vitest';

expect.extend(collectorMatchers);
const test = base.extend<{ collector: TestCollector }>({ collector: collectorFixture() });

test('counts what comes in, and delivers it when the collector comes back', async ({ collector }) => {
  collector.script([{ do: 'answer', status: 503, retryAfter: 0 }]);
  const exporter = new OTLPMetricExporter({ url: `${collector.url}/v1/metrics` });
  const reader = new PeriodicExportingMetricReader({ exporter });
  const provider = new MeterProvider({ readers: [reader] });

  provider.getMeter('gateway').createCounter('ingest.success').add(3, { chain: 'base' });
  await provider.shutdown();

  expect(collector).toHaveReceivedCounter('ingest.success', 3n, { chain: 'base' });
  expect(collector).toHaveReceivedRequests(2);
});
