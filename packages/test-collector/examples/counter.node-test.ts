import { test } from 'node:test';
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { expectCollector } from '@pqcnet/telemetry-test-collector/vitest';

void test('counts what comes in', async () => {
  const collector = await TestCollector.start();
  try {
    await fetch(`${collector.url}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        resourceMetrics: [
          {
            scopeMetrics: [{ metrics: [{ name: 'ingest.success', sum: { dataPoints: [{ asInt: '3' }] } }] }],
          },
        ],
      }),
    });
    expectCollector(collector).toHaveReceivedCounter('ingest.success', 3n);
  } finally {
    await collector.close();
  }
});
