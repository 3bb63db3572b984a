import { type Snapshot, TelemetryHandle, type Temporality } from '@pqcnet/telemetry-core';
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import fc from 'fast-check';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { OtlpHttpExporter } from '../otlp-http-exporter.ts';
import { expectedPoints } from '../testing/expected-points.ts';

let collector: TestCollector;
beforeAll(async () => {
  collector = await TestCollector.start();
});
afterAll(() => collector.close());

const attributes = fc.dictionary(
  fc.constantFrom('chain', 'account', 'cluster', 'é'),
  fc.oneof(
    fc.constantFrom('base', 'x'.repeat(200), '"\\', '🚀', ''),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.constantFrom(0.5, -1e300, 2n ** 63n - 1n),
  ),
  { noNullPrototype: false },
);

const record = fc.record({
  kind: fc.constantFrom('counter', 'gauge', 'latency', 'up-down'),
  metric: fc.nat({ max: 2 }),
  value: fc.nat({ max: 100_000 }),
  attributes,
});

type Step = 'flush' | (typeof record extends fc.Arbitrary<infer R> ? R : never);

function recordStep(telemetry: TelemetryHandle, step: Exclude<Step, string>): void {
  const name = `${step.kind}-${step.metric}`;
  if (step.kind === 'counter') telemetry.recordCounter(name, step.value, step.attributes);
  else if (step.kind === 'gauge') telemetry.recordGauge(name, step.value / 8, step.attributes);
  else if (step.kind === 'latency') telemetry.recordLatencyMs(name, step.value / 8, step.attributes);
  else telemetry.upDownCounter(name, { attributes: step.attributes }).add(step.value - 50_000);
}

/**
 * A handle's snapshots are read by table, hand-made ones point by point: here what is sent of the former is held against
 * their points, while series come, and go to make room for others.
 */
test.each(['http/json', 'http/protobuf'] as const)(
  '%s: what is decoded is what the points of a handle’s snapshots hold, in any history',
  async (protocol) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof({ weight: 5, arbitrary: record }, { weight: 1, arbitrary: fc.constant('flush' as const) }),
          {
            maxLength: 60,
            size: 'max',
          },
        ),
        fc.constantFrom<Temporality>('cumulative', 'delta', 'low-memory'),
        fc.constantFrom<'explicit' | 'exponential'>('explicit', 'exponential'),
        async (steps, temporality, latencyHistogram) => {
          const exporter = new OtlpHttpExporter({
            url: `${collector.url}/v1/metrics`,
            protocol,
            temporality,
          });
          let expected: unknown;
          const telemetry = new TelemetryHandle({
            exporter: {
              temporality,
              export: async (snapshot: Snapshot, options) => {
                expected = expectedPoints(snapshot, { labelPlacement: 'both', temporality });
                return exporter.export(snapshot, options);
              },
            },
            labels: { cluster: 'net', shard: 1 },
            latencyHistogram,
            cardinalityLimit: 4,
            idleFlushesBeforeRetirement: 1,
          });
          for (const step of [...steps, 'flush' as const]) {
            if (step !== 'flush') {
              recordStep(telemetry, step);
              continue;
            }
            collector.reset();
            expected = [];
            expect(await telemetry.flush()).toMatchObject({ ok: true });
            expect(collector.metrics().map(({ request: _request, ...point }) => point)).toEqual(expected);
          }
          await exporter.shutdown();
        },
      ),
      { numRuns: 60 },
    );
  },
);

test('what was encoded of series that made room for others is let go of', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const exporter = new OtlpHttpExporter({ url: `${collector.url}/v1/metrics` });
  const indexes: WeakRef<object>[] = [];
  const telemetry = new TelemetryHandle({
    exporter: {
      temporality: 'cumulative',
      export: (snapshot, options) => {
        for (const { attributes: index } of snapshot.points.tables ?? []) indexes.push(new WeakRef(index));
        return exporter.export(snapshot, options);
      },
    },
    cardinalityLimit: 10,
    idleFlushesBeforeRetirement: 1,
  });
  for (let round = 0; round < 6; round += 1) {
    for (let account = 0; account < 12; account += 1)
      telemetry.recordCounter('c', 1, { account: `${round}/${account}` });
    for (let flush = 0; flush < 3; flush += 1) expect(await telemetry.flush()).toMatchObject({ ok: true });
  }
  expect(new Set(indexes.map((each) => each.deref())).size).toBeGreaterThan(4);
  // A WeakRef keeps what it refers to until the turn ends in which it was read.
  await nextTurn();
  collectGarbage();
  expect(new Set(indexes.map((each) => each.deref()).filter((each) => each !== undefined)).size).toBeLessThan(
    3,
  );
  await exporter.shutdown();
});
