import { type Snapshot, TelemetryHandle, type Temporality } from '@pqcnet/telemetry-core';
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { OtlpHttpExporter } from '../otlp-http-exporter.ts';
import { expectedPoints } from '../testing/expected-points.ts';
import { stillHeld } from '../testing/still-held.ts';

let collector: TestCollector;
beforeAll(async () => {
  collector = await TestCollector.start();
});
afterAll(() => collector.close());

const attributes = fc.dictionary(
  fc.constantFrom('chain', 'account', 'cluster', 'é'),
  fc.oneof(
    fc.constantFrom('base', 'x'.repeat(200), '"\\', '🚀', '', '\ud83d', '€'.repeat(22_000)),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.constantFrom(0.5, -0, 5e-324, -1e300, Number.MAX_VALUE, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)),
  ),
  { noNullPrototype: false },
);

/** Whole numbers that a counter takes, and the doubles of gauges and histograms. */
const whole = fc.oneof(
  fc.nat({ max: 100_000 }).map(BigInt),
  fc.constantFrom(
    0n,
    2n ** 31n,
    2n ** 53n - 1n,
    2n ** 53n,
    2n ** 53n + 1n,
    2n ** 63n - 1n,
    2n ** 63n,
    2n ** 64n - 1n,
  ),
);
const double = fc.oneof(
  fc.nat({ max: 100_000 }).map((eighths) => eighths / 8),
  fc.constantFrom(
    0,
    -0,
    5e-324,
    1e-310,
    2.2250738585072014e-308,
    0.1,
    1e21,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

const record = fc.record({
  kind: fc.constantFrom('counter', 'gauge', 'latency', 'histogram', 'up-down'),
  metric: fc.nat({ max: 2 }),
  whole,
  double,
  attributes,
});

type Step = 'flush' | (typeof record extends fc.Arbitrary<infer R> ? R : never);

function recordStep(telemetry: TelemetryHandle, step: Exclude<Step, string>): void {
  const name = `${step.kind}-${step.metric}`;
  // What a kind does not take, such as a latency below 0, changes nothing.
  if (step.kind === 'counter') telemetry.recordCounter(name, step.whole, step.attributes);
  else if (step.kind === 'gauge') telemetry.recordGauge(name, step.double, step.attributes);
  else if (step.kind === 'latency') telemetry.recordLatencyMs(name, step.double, step.attributes);
  else if (step.kind === 'histogram') {
    telemetry
      .histogram(name, { bounds: [-1e300, 0, 1e300], attributes: step.attributes })
      .record(step.double);
  } else telemetry.upDownCounter(name, { attributes: step.attributes }).add(step.whole - 50_000n);
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
          // A delta beyond signed 64-bit integers goes in several windows, each an export.
          const expected: object[] = [];
          const telemetry = new TelemetryHandle({
            exporter: {
              temporality,
              export: async (snapshot: Snapshot, options) => {
                expected.push(...expectedPoints(snapshot, { labelPlacement: 'both', temporality }));
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
            expected.length = 0;
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

test.each(['http/json', 'http/protobuf'] as const)(
  '%s: nothing of a snapshot is kept once it is sent',
  async (protocol) => {
    const exporter = new OtlpHttpExporter({ url: `${collector.url}/v1/metrics`, protocol });
    const telemetry = new TelemetryHandle({ exporter });
    telemetry.recordCounter('c', 1);
    telemetry.recordLatencyMs('l', 1);
    telemetry.recordGauge('g', 1);
    const tables: WeakRef<object>[] = [];
    const exportOnce = async (): Promise<void> => {
      const snapshot = telemetry.snapshot();
      for (const table of snapshot.points.tables ?? []) tables.push(new WeakRef(table));
      const { signal } = new AbortController();
      await exporter.export(snapshot, { timeoutMs: 60_000, signal });
    };
    await exportOnce();
    expect(tables).toHaveLength(3);
    expect(await stillHeld(tables, 0)).toEqual([]);
    await exporter.shutdown();
  },
);

test('what was encoded of series that made room for others is let go of', async () => {
  const exporter = new OtlpHttpExporter({ url: `${collector.url}/v1/metrics` });
  const indexes: WeakRef<object>[] = [];
  const telemetry = new TelemetryHandle({
    exporter: {
      temporality: 'cumulative',
      export: (snapshot, options) => {
        for (const { attributes: index } of snapshot.points.tables ?? []) {
          if (indexes.at(-1)?.deref() !== index) indexes.push(new WeakRef(index));
        }
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
  expect(indexes.length).toBeGreaterThan(4);
  expect((await stillHeld(indexes, 2)).length).toBeLessThan(3);
  await exporter.shutdown();
});
