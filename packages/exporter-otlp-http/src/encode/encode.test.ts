import type { AttributeValue, Distribution, Point, Snapshot } from '@pqcnet/telemetry-core';
import { TestCollector, type MetricPoint } from '@pqcnet/telemetry-test-collector';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { OtlpProtocol } from '../exporter-options.ts';
import { OtlpHttpExporter } from '../otlp-http-exporter.ts';
import {
  gaugePoint,
  histogramPoint,
  metricOf,
  seriesOf,
  snapshotOf,
  sumPoint,
} from '../testing/snapshot-of.ts';
import type { LabelPlacement } from './request-format.ts';

const PROTOCOLS: readonly OtlpProtocol[] = ['http/json', 'http/protobuf'];
const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

let collector: TestCollector;
beforeAll(async () => {
  collector = await TestCollector.start();
});
afterAll(() => collector.close());

/** What the collector decoded from one export. */
async function decoded(
  snapshot: Snapshot,
  options: {
    readonly protocol: OtlpProtocol;
    readonly labelPlacement?: LabelPlacement;
    readonly temporality?: 'cumulative' | 'delta';
    readonly maxRequestBytes?: number;
  },
): Promise<readonly MetricPoint[]> {
  collector.reset();
  const exporter = new OtlpHttpExporter({ url: `${collector.url}/v1/metrics`, ...options });
  const report = await exporter.export(snapshot, { timeoutMs: 5000, signal: AbortSignal.timeout(5000) });
  await exporter.shutdown();
  const outcomes = 'parts' in report ? report.parts.map((part) => part.outcome) : [report];
  expect(outcomes.filter((outcome) => outcome.status !== 'accepted')).toEqual([]);
  expect(collector.requests.map((request) => request.rejection)).toEqual(
    collector.requests.map(() => undefined),
  );
  return collector.metrics();
}

/** An attribute as a receiver sees it. */
function asReceived(value: AttributeValue): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  return typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0)
    ? BigInt(value)
    : value;
}

function attributesAsReceived(...layers: readonly Iterable<readonly [string, AttributeValue]>[]): object {
  const merged = new Map(layers.flatMap((layer) => [...layer]));
  return Object.fromEntries([...merged].map(([key, value]) => [key.toWellFormed(), asReceived(value)]));
}

/** What a receiver should see of a snapshot, from the snapshot alone. */
function expectedPoints(snapshot: Snapshot, labelPlacement: LabelPlacement, deltas: boolean): object[] {
  const { labels, resource } = snapshot;
  const start = (point: { startTimeUnixNano: bigint }): bigint =>
    deltas ? snapshot.startTimeUnixNano : point.startTimeUnixNano;
  return [...snapshot.points]
    .filter((point) => !deltas || changed(point))
    .map((point) => {
      const { metric, attributes } = point.series;
      const about = {
        name: metric.name,
        unit: metric.unit,
        description: metric.description.toWellFormed(),
        resource: attributesAsReceived(labelPlacement === 'datapoint' ? [] : labels, resource),
        attributes: attributesAsReceived(
          labelPlacement === 'resource' ? [] : labels,
          Object.entries(attributes),
        ),
        scope: {
          name: '@pqcnet/telemetry',
          version: expect.stringMatching(/^\d+\.\d+\.\d+/),
          attributes: {},
        },
        flags: 0,
      };
      switch (point.type) {
        case 'sum':
          return {
            ...about,
            kind: 'sum',
            monotonic: true,
            temporality: deltas ? 'delta' : 'cumulative',
            startTimeUnixNano: start(point),
            timeUnixNano: snapshot.timeUnixNano,
            value: BigInt(deltas ? point.delta : point.total),
          };
        case 'gauge':
          return {
            ...about,
            kind: 'gauge',
            startTimeUnixNano: 0n,
            timeUnixNano: point.changed ? point.timeUnixNano : snapshot.timeUnixNano,
            value: point.value,
          };
        case 'histogram': {
          const { count, sum, min, max, bucketCounts } = deltas ? point.delta : point.total;
          return {
            ...about,
            kind: 'histogram',
            temporality: deltas ? 'delta' : 'cumulative',
            startTimeUnixNano: start(point),
            timeUnixNano: snapshot.timeUnixNano,
            count: BigInt(count),
            sum,
            min,
            max,
            bounds: point.bounds,
            bucketCounts: bucketCounts.map(BigInt),
          };
        }
      }
    });
}

function changed(point: Point): boolean {
  if (point.type === 'gauge') return point.changed;
  return point.type === 'sum' ? BigInt(point.delta) !== 0n : point.delta.count > 0;
}

function withoutRequest(points: readonly MetricPoint[]): object[] {
  return points.map(({ request: _request, ...point }) => point);
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', '"quoted"\\', '\u0000\u001f', 'é', '€', '🚀', '\ud83d', '__proto__', 'chain'),
);
const double = fc.oneof(
  fc.double(),
  fc.constantFrom(
    -0,
    0,
    5e-324,
    -5e-324,
    2.2250738585072014e-308,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    NaN,
    Infinity,
    -Infinity,
    2 ** 53 + 2,
    1e21,
    0.1,
  ),
);
const int64 = fc.bigInt(MIN_INT64, MAX_INT64);
const attributeValue: fc.Arbitrary<AttributeValue> = fc.oneof(
  text,
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeInteger(),
  int64,
  fc.constantFrom(-0, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 2 ** 63, MAX_INT64, MIN_INT64, 1e300),
);
const attributes = fc.dictionary(text, attributeValue, { maxKeys: 4, noNullPrototype: false });
const total = fc.oneof(
  fc.nat(),
  fc.maxSafeNat(),
  fc.bigInt(0n, MAX_INT64),
  fc.constantFrom(
    0,
    9,
    10,
    99,
    100,
    999_999_999,
    1_000_000_000,
    2 ** 53 - 1,
    2n ** 53n,
    2n ** 53n + 1n,
    MAX_INT64,
  ),
);
const unixNano = fc.bigInt(0n, 2n ** 64n - 1n);

function distributionFor(buckets: number): fc.Arbitrary<Distribution> {
  return fc
    .record({
      bucketCounts: fc.array(fc.nat(), { minLength: buckets, maxLength: buckets }),
      sum: double,
      min: double,
      max: double,
    })
    .map(({ bucketCounts, sum, min, max }) => {
      const count = bucketCounts.reduce((all, one) => all + one, 0);
      return {
        count,
        sum,
        bucketCounts,
        min: count === 0 ? undefined : min,
        max: count === 0 ? undefined : max,
      };
    });
}

const pointsOfOneMetric: fc.Arbitrary<readonly Point[]> = fc
  .record({
    name: fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.\-/]{0,20}$/),
    unit: fc.constantFrom('', 'ms', '{message}'),
    description: text,
    kind: fc.constantFrom('counter', 'latency', 'gauge'),
    sets: fc.array(attributes, { minLength: 1, maxLength: 5 }),
    bounds: fc.uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 5 }),
  })
  .chain(({ kind, sets, bounds, ...about }) => {
    const metric = metricOf(kind, about);
    const sorted = bounds.toSorted((one, other) => one - other);
    return fc.tuple(
      ...sets.map((set): fc.Arbitrary<Point> => {
        const series = seriesOf(metric, set);
        if (kind === 'counter') {
          return fc
            .record({ total, delta: total, startTimeUnixNano: unixNano })
            .map(({ total: value, ...more }) => sumPoint(series, value, more));
        }
        if (kind === 'gauge') {
          return fc
            .record({ value: double, timeUnixNano: unixNano, changed: fc.boolean() })
            .map(({ value, ...more }) => gaugePoint(series, value, more));
        }
        const distribution = distributionFor(bounds.length + 1);
        return fc
          .record({ total: distribution, delta: distribution, startTimeUnixNano: unixNano })
          .map(({ total: value, ...more }) => histogramPoint(series, sorted, value, more));
      }),
    );
  });

const snapshots = fc
  .record({
    points: fc.array(pointsOfOneMetric, { maxLength: 5 }).map((perMetric) => perMetric.flat()),
    resource: attributes,
    labels: attributes,
    startTimeUnixNano: unixNano,
    timeUnixNano: unixNano,
  })
  .map(snapshotOf);

test.each(PROTOCOLS)('%s: what is decoded is what the snapshot holds, for any snapshot', async (protocol) => {
  await fc.assert(
    fc.asyncProperty(
      snapshots,
      fc.constantFrom<LabelPlacement>('both', 'resource', 'datapoint'),
      fc.constantFrom('cumulative', 'delta'),
      async (snapshot, labelPlacement, temporality) => {
        const points = await decoded(snapshot, { protocol, labelPlacement, temporality });
        expect(withoutRequest(points)).toEqual(
          expectedPoints(snapshot, labelPlacement, temporality === 'delta'),
        );
      },
    ),
    { numRuns: 150 },
  );
});
