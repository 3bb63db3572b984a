import { type Snapshot, TelemetryHandle, type Temporality } from '@pqcnet/telemetry-core';
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import fc from 'fast-check';
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
