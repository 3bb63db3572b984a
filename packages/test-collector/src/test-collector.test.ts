import { expect, test } from 'vitest';
import { TestCollector } from './test-collector.ts';

const body = {
  resourceMetrics: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'x' } }] },
      scopeMetrics: [
        {
          scope: { name: 's' },
          metrics: [
            {
              name: 'ingest.success',
              sum: {
                aggregationTemporality: 2,
                isMonotonic: true,
                dataPoints: [
                  {
                    asInt: '3',
                    startTimeUnixNano: '1',
                    timeUnixNano: 2,
                    attributes: [{ key: 'chain', value: { stringValue: 'base' } }],
                  },
                ],
              },
            },
          ],
        },
      ],
    },
  ],
};

async function post(url: string, payload: unknown = body): Promise<Response> {
  return fetch(`${url}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(payload),
  });
}

test('reads a counter from a JSON request', async () => {
  await using collector = await TestCollector.start();
  const answer = await post(collector.url);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe('{}');
  expect(collector.sum('ingest.success', { chain: 'base' })).toBe(3n);
  expect(collector.resource()).toEqual({ 'service.name': 'x' });
});

test('answers in the order of the script', async () => {
  await using collector = await TestCollector.start();
  collector.script([
    { do: 'answer', status: 503, retryAfter: 1 },
    { do: 'reset', when: 'after-body' },
  ]);
  const answer = await post(collector.url);
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(await answer.json()).toEqual({ code: 14, message: 'scripted 503' });
  expect(() => collector.assertScriptConsumed()).toThrow(/"reset"/);
  await expect(post(collector.url)).rejects.toThrow('fetch failed');
  collector.assertScriptConsumed();
  expect(collector.sum('ingest.success')).toBe(0n);
});
