import type {
  AttributeValue,
  Distribution,
  ExponentialDistribution,
  ExponentialRange,
  InstrumentKind,
  Point,
  Series,
  Snapshot,
} from '@pqcnet/telemetry-core';
import fc from 'fast-check';

import { gaugePoint, histogramPoint, metricOf, seriesOf, snapshotOf, sumPoint } from './snapshot-of.ts';

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', '"quoted"\\', '\u0000\u001f', 'é', '€', '🚀', '\ud83d', '__proto__', 'chain'),
);
/** arbitraryDouble makes any double, the odd ones often. */
const arbitraryDouble: fc.Arbitrary<number> = fc.oneof(
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
const signedTotal = fc.oneof(
  fc.maxSafeInteger(),
  fc.bigInt(MIN_INT64, MAX_INT64),
  fc.constantFrom(-1, MIN_INT64, -(2 ** 53) + 1),
);
const unixNano = fc.bigInt(0n, 2n ** 64n - 1n);

function distributionFor(buckets: number): fc.Arbitrary<Distribution> {
  return fc
    .record({
      bucketCounts: fc.array(fc.nat(), { minLength: buckets, maxLength: buckets }),
      sum: arbitraryDouble,
      min: arbitraryDouble,
      max: arbitraryDouble,
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

const range: fc.Arbitrary<ExponentialRange> = fc.record({
  offset: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 200 }),
  bucketCounts: fc.array(fc.oneof(fc.nat(), fc.nat({ max: 127 }), fc.maxSafeNat()), {
    maxLength: 160,
    size: 'medium',
  }),
});

const exponential: fc.Arbitrary<ExponentialDistribution> = fc.record({
  scale: fc.integer({ min: -10, max: 20 }),
  zeroCount: fc.nat(),
  positive: range,
  negative: range,
  count: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  sum: arbitraryDouble,
  min: arbitraryDouble,
  max: arbitraryDouble,
});

type Shape = readonly [kind: InstrumentKind, data: Point['type'] | 'up-down'];

const shapes: readonly Shape[] = [
  ['counter', 'sum'],
  ['observed-counter', 'sum'],
  ['up-down-counter', 'up-down'],
  ['observed-up-down-counter', 'up-down'],
  ['gauge', 'gauge'],
  ['observed-gauge', 'gauge'],
  ['latency', 'histogram'],
  ['histogram', 'exponential-histogram'],
];

const pointsOfOneMetric: fc.Arbitrary<readonly Point[]> = fc
  .record({
    name: fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.\-/]{0,20}$/),
    unit: fc.constantFrom('', 'ms', '{message}'),
    description: text,
    shape: fc.constantFrom(...shapes),
    sets: fc.array(attributes, { minLength: 1, maxLength: 5 }),
    bounds: fc.uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 5 }),
  })
  .chain(({ shape: [kind, data], sets, bounds, ...about }) => {
    const metric = metricOf(kind, about);
    const sorted = bounds.toSorted((one, other) => one - other);
    return fc.tuple(...sets.map((set) => pointOf(data, seriesOf(metric, set), sorted)));
  });

const starts = { startTimeUnixNano: unixNano, windowStartTimeUnixNano: unixNano };

function pointOf(data: Shape[1], series: Series, bounds: readonly number[]): fc.Arbitrary<Point> {
  switch (data) {
    case 'sum':
      return fc
        .record({ total, delta: total, ...starts })
        .map(({ total: value, ...more }) => sumPoint(series, value, more));
    case 'up-down':
      return fc
        .record({ total: signedTotal, ...starts })
        .map(({ total: value, ...more }) => sumPoint(series, value, { monotonic: false, ...more }));
    case 'gauge':
      return fc
        .record({ value: arbitraryDouble, timeUnixNano: unixNano, changed: fc.boolean() })
        .map(({ value, ...more }) => gaugePoint(series, value, more));
    case 'histogram': {
      const distribution = distributionFor(bounds.length + 1);
      return fc
        .record({ total: distribution, delta: distribution, ...starts })
        .map(({ total: value, ...more }) => histogramPoint(series, bounds, value, more));
    }
    case 'exponential-histogram':
      return fc
        .record({ total: exponential, delta: exponential, ...starts })
        .map((numbers) => Object.assign(numbers, { type: data, series }));
  }
}

/** arbitrarySnapshot makes snapshots of every kind of point, with the values and texts where encoders go wrong. */
export const arbitrarySnapshot: fc.Arbitrary<Snapshot> = fc
  .record({
    points: fc.array(pointsOfOneMetric, { maxLength: 5 }).map((perMetric) => perMetric.flat()),
    resource: attributes,
    labels: attributes,
    startTimeUnixNano: unixNano,
    timeUnixNano: unixNano,
  })
  .map(snapshotOf);
