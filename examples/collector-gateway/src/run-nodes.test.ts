import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runNodes } from './run-nodes.ts';

// What comes after the gateway runs with the real programs: see packages/interop.
let gateway: TestCollector;

beforeAll(async () => {
  gateway = await TestCollector.start();
});

afterAll(() => gateway.close());

it('has each node send what it counted, under an instance id of its own', async () => {
  const tallies = await runNodes({ nodes: 2, rounds: 5, gatewayUrl: gateway.url });
  expect(tallies).toMatchObject([
    { messages: 15, undelivered: 0 },
    { messages: 15, undelivered: 0 },
  ]);
  const newest = gateway.metrics({ name: 'ingest.success' });
  for (const { instance } of tallies) {
    const totals = newest.filter(({ resource }) => resource['service.instance.id'] === instance);
    expect(totals.at(-1)).toMatchObject({
      value: 15n,
      attributes: { chain: 'base', cluster: 'example-net' },
    });
  }
});
