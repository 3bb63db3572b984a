import { expect, test as base } from 'vitest';
import { counterBody, keyValues, metricBody } from './testing/metrics-body.ts';
import { send } from './testing/send-request.ts';
import type { TestCollector } from './test-collector.ts';
import { collectorFixture, collectorMatchers, expectCollector } from './vitest.ts';

expect.extend(collectorMatchers);

const test = base.extend<{ collector: TestCollector }>({ collector: collectorFixture() });

const counter = counterBody('ingest.success', [
  { value: 3n, attributes: { chain: 'base' } },
  { value: 4n, attributes: { chain: 'eth' } },
]);
const latency = metricBody({
  name: 'pipeline',
  unit: 'ms',
  histogram: {
    aggregationTemporality: 2,
    dataPoints: [
      {
        count: 2,
        sum: 47,
        min: 5,
        max: 42,
        bucketCounts: [1, 1],
        explicitBounds: [10],
        attributes: keyValues({ chain: 'base' }),
      },
    ],
  },
});
const gauge = metricBody({ name: 'depth', gauge: { dataPoints: [{ timeUnixNano: 2, asInt: 17 }] } });

async function fill(collector: TestCollector): Promise<void> {
  await Promise.all(
    [counter, latency, gauge].map(async (body) => send(collector.url, { body: JSON.stringify(body) })),
  );
}

test('matches what was received', async ({ collector }) => {
  await fill(collector);
  expect(collector).toHaveReceivedCounter('ingest.success', 3n, { chain: 'base' });
  expect(collector).toHaveReceivedCounter('ingest.success', 7);
  expect(collector).toHaveReceivedCounter('ingest.success');
  expect(collector).not.toHaveReceivedCounter('ingest.success', 8n);
  expect(collector).not.toHaveReceivedCounter('ingest.failure');
  expect(collector).toHaveReceivedLatency(
    'pipeline',
    { count: 2, sum: 47, min: 5, max: 42 },
    { chain: 'base' },
  );
  expect(collector).toHaveReceivedLatency('pipeline', { count: 2n });
  expect(collector).not.toHaveReceivedLatency('pipeline', { max: 43 });
  expect(collector).toHaveReceivedGauge('depth', 17n);
  expect(collector).toHaveReceivedGauge('depth', 17);
  expect(collector).not.toHaveReceivedGauge('depth', 18);
  expect(collector).toHaveReceivedResource({ 'service.name': 'gateway' });
  expect(collector).not.toHaveReceivedResource({ 'service.name': 'other' });
  expect(collector).toHaveReceivedRequests(3);
  expect(collector).toHaveRejectedNothing();
  expect(collector).toHaveConsumedScript();
});

test('says what was received instead', async ({ collector }) => {
  expect(() => expect(collector).toHaveReceivedCounter('ingest.success', 3n)).toThrow(
    'no request was received',
  );
  await fill(collector);
  expect(() => expect(collector).toHaveReceivedCounter('ingest.success', 5n, { chain: 'base' })).toThrow(
    'expected the collector to have received the counter ingest.success{chain="base"} with the sum 5\n' +
      'but it has received the sum 3\n  ingest.success{chain="base"} sum 3 cumulative',
  );
  expect(() => expect(collector).toHaveReceivedCounter('ingest.success', 5n, { chain: 'sol' })).toThrow(
    /but it has received only\n {2}ingest\.success\{chain="base"\} sum 3 cumulative\n {2}ingest\.success\{chain="eth"\} sum 4/,
  );
  expect(() => expect(collector).toHaveReceivedCounter('typo')).toThrow('received 3 request(s):');
  expect(() => expect(collector).toHaveReceivedCounter('pipeline')).toThrow(
    'pipeline is a histogram, not a sum',
  );
  expect(() => expect(collector).not.toHaveReceivedCounter('ingest.success', 7n)).toThrow(
    'not to have received the counter',
  );
  expect(() => expect(collector).toHaveReceivedLatency('pipeline', { count: 3n })).toThrow(
    '{"count":2,"sum":47,"min":5,"max":42}',
  );
  expect(() => expect(collector).toHaveReceivedResource({ a: 1 })).toThrow('{service.name="gateway"}');
  expect(() => expect({}).toHaveReceivedRequests(1)).toThrow('expected a TestCollector');
});

test('counts refused requests and steps that are left', async ({ collector }) => {
  await send(collector.url, { body: 'x' });
  expect(() => expect(collector).toHaveRejectedNothing()).toThrow('malformed json body');
  collector.script([{ do: 'html' }]);
  expect(() => expect(collector).toHaveConsumedScript()).toThrow('{"do":"html"}');
  collector.reset();
});

test('fails a test that leaves steps of its script', async () => {
  const use = collectorFixture();
  let port = 0;
  const running = use({}, async (collector) => {
    ({ port } = collector);
    collector.script([{ do: 'html' }]);
  });
  await expect(running).rejects.toMatchObject({ code: 'SCRIPT_NOT_CONSUMED' });
  await expect(send(`http://127.0.0.1:${port}`)).rejects.toThrow('ECONNREFUSED');
});

test('has the matchers as plain assertions', async ({ collector }) => {
  await fill(collector);
  const assert = expectCollector(collector);
  assert.toHaveReceivedCounter('ingest.success', 7n);
  assert.toHaveReceivedLatency('pipeline');
  assert.toHaveReceivedGauge('depth');
  assert.toHaveReceivedResource({});
  assert.toHaveReceivedRequests(3);
  assert.toHaveRejectedNothing();
  assert.toHaveConsumedScript();
  expect(() => assert.toHaveReceivedCounter('ingest.success', 8n)).toThrow('but it has received the sum 7');
});

test('types the matchers', ({ collector }) => {
  // @ts-expect-error: the name comes first
  expect(() => expect(collector).toHaveReceivedCounter(3n)).toThrow('the counter 3');
  // @ts-expect-error: a counter has a sum, not text
  expect(() => expect(collector).toHaveReceivedCounter('c', '3')).toThrow('the counter c');
});
