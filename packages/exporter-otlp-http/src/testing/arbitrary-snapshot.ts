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
/** What is known of no values. */
const NO_MOMENTS = { sum: 0, min: undefined, max: undefined };

/** Text on both sides of where a writer goes another way, or a length takes one more byte. */
const longText = fc
  .tuple(
    fc.constantFrom('x', 'é', '€', '🚀', '"'),
    fc.constantFrom(63, 64, 65, 127, 128, 300, 16_384, 65_536),
  )
  .map(([character, bytes]) => character.repeat(Math.ceil(bytes / Buffer.byteLength(character))));
const shortText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', '"quoted"\\', '\u0000\u001f', 'é', '€', '🚀', '\ud83d', '__proto__', 'chain'),
);
const text = fc.oneof({ weight: 120, arbitrary: shortText }, { weight: 1, arbitrary: longText });
/** arbitraryDouble makes any double, the odd ones often. */
const oddDouble: fc.Arbitrary<number> = fc.constantFrom(
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
);
const arbitraryDouble: fc.Arbitrary<number> = fc.oneof(fc.double(), oddDouble);
const int64 = fc.bigInt(MIN_INT64, MAX_INT64);
const attributeValue: fc.Arbitrary<AttributeValue> = fc.oneof(
  text,
  fc.boolean(),
  arbitraryDouble,
  fc.maxSafeInteger(),
  int64,
  fc.constantFrom(2 ** 53 - 1, 2 ** 53, -(2 ** 53), 2 ** 63, 2n ** 53n, 2n ** 53n + 1n, MAX_INT64, MIN_INT64),
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
const unixNano = fc.oneof(
  fc.bigInt(0n, 2n ** 64n - 1n),
  fc.constantFrom(0n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n),
);
/** Counts are unsigned, and no longer exact when they are no safe integers: two buckets together may be that. */
const count = fc.oneof(
  fc.nat(),
  fc.nat({ max: 127 }),
  fc.maxSafeNat(),
  fc.constantFrom(0, 9, 10, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 60),
);

function distributionFor(buckets: number): fc.Arbitrary<Distribution> {
  return fc
    .record({
      isEmpty: fc.boolean(),
      bucketCounts: fc.array(count, { minLength: buckets, maxLength: buckets }),
      sum: arbitraryDouble,
      min: arbitraryDouble,
      max: arbitraryDouble,
    })
    .map(({ isEmpty, bucketCounts, ...moments }) => {
      const counts = isEmpty ? bucketCounts.map(() => 0) : bucketCounts;
      const all = counts.reduce((before, one) => before + one, 0);
      const { sum, min, max } = all === 0 ? NO_MOMENTS : moments;
      return { count: all, sum, min, max, bucketCounts: counts };
    });
}

const range: fc.Arbitrary<ExponentialRange> = fc.record({
  offset: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 200 }),
  bucketCounts: fc.oneof(
    fc.constant<number[]>([]),
    fc.array(count, { maxLength: 160, size: 'medium' }),
    fc.array(count, { minLength: 160, maxLength: 160 }),
  ),
});

const scale = fc.integer({ min: -10, max: 20 });
const noRange: ExponentialRange = { offset: 0, bucketCounts: [] };
const exponential: fc.Arbitrary<ExponentialDistribution> = fc.oneof(
  scale.map((each) => {
    const counts = { count: 0, zeroCount: 0, positive: noRange, negative: noRange };
    return { scale: each, ...counts, ...NO_MOMENTS };
  }),
  fc.record({
    scale,
    zeroCount: count,
    positive: range,
    negative: range,
    count: fc.oneof(
      fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      fc.constantFrom(2 ** 53 - 1, 2 ** 63, 2 ** 64 - 2048),
    ),
    sum: arbitraryDouble,
    min: arbitraryDouble,
    max: arbitraryDouble,
  }),
);

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
    name: fc.oneof(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.\-/]{0,20}$/), fc.constant('n'.repeat(255))),
    unit: fc.constantFrom('', 'ms', '{message}', 'u'.repeat(63)),
    description: text,
    shape: fc.constantFrom(...shapes),
    sets: fc.array(attributes, { minLength: 1, maxLength: 5 }),
    bounds: fc.oneof(
      fc.uniqueArray(arbitraryDouble.filter(Number.isFinite), { maxLength: 5 }),
      fc.uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 40, maxLength: 40 }),
    ),
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
