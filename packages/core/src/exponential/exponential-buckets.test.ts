import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bucketIndex } from './bucket-index.ts';
import { type BucketRange, ExponentialBuckets } from './exponential-buckets.ts';

const value = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1, 2, 4, Number.MIN_VALUE, Number.MAX_VALUE, -Number.MAX_VALUE),
  fc.integer({ min: 990, max: 1010 }),
);

function countByIndex(range: BucketRange): Record<number, number> {
  const filled = Array.from(range.counts, (count, i) => [range.offset + i, count] as const).filter(
    ([, count]) => count > 0,
  );
  return Object.fromEntries(filled);
}

/** The largest scale at which all magnitudes lie within 160 buckets, and the counts there: from the definition. */
function modelOf(magnitudes: readonly number[], scale: number): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const magnitude of magnitudes) {
    const index = bucketIndex(magnitude, scale);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

function fits(magnitudes: readonly number[], scale: number): boolean {
  const indexes = magnitudes.map((magnitude) => bucketIndex(magnitude, scale));
  return indexes.length === 0 || Math.max(...indexes) - Math.min(...indexes) < 160;
}

function recorded(values: readonly number[]): ExponentialBuckets {
  const buckets = new ExponentialBuckets(0);
  for (const each of values) buckets.record(each);
  return buckets;
}

it('counts every value at the largest scale that fits, whatever the order', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 200, size: 'max' }), (values) => {
      const positive = values.filter((each) => each > 0);
      const negative = values.filter((each) => each < 0).map((each) => -each);
      let scale = 20;
      while (!fits(positive, scale) || !fits(negative, scale)) scale -= 1;
      const buckets = recorded(values);
      expect(buckets.scale).toBe(scale);
      expect(buckets.zeroCount).toBe(values.length - positive.length - negative.length);
      expect(countByIndex(buckets.positive)).toEqual(modelOf(positive, scale));
      expect(countByIndex(buckets.negative)).toEqual(modelOf(negative, scale));
      expect(buckets.positive.length).toBeLessThanOrEqual(160);
    }),
    { numRuns: 500 },
  );
});

it('counts many at once as it does one after another', () => {
  const positive = fc.oneof(
    fc.double({ min: 0.001, max: 10_000, noNaN: true }),
    fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }),
    fc.double({ min: 1000, max: 1000.001, noNaN: true }),
    fc.constantFrom(
      1,
      1 + Number.EPSILON,
      4 + 4 * Number.EPSILON,
      2,
      1024,
      0.125,
      Number.MIN_VALUE,
      Number.MAX_VALUE,
      2 ** -1022,
      2 ** -1022 - 2 ** -1074,
    ),
  );
  fc.assert(
    fc.property(
      fc.array(value),
      fc.oneof(fc.array(positive, { minLength: 1 }), fc.array(value, { minLength: 1 })),
      (before, values) => {
        const buckets = recorded(before);
        buckets.recordAll([...values, 99, 99], values.length, Math.min(...values), Math.max(...values));
        const expected = recorded([...before, ...values]);
        expect(buckets.scale).toBe(expected.scale);
        expect(buckets.zeroCount).toBe(expected.zeroCount);
        expect(countByIndex(buckets.positive)).toEqual(countByIndex(expected.positive));
        expect(countByIndex(buckets.negative)).toEqual(countByIndex(expected.negative));
      },
    ),
    { numRuns: 2000 },
  );
});

it('is, less what it was at an earlier time, what was recorded since', () => {
  fc.assert(
    fc.property(fc.array(value), fc.array(value), (before, since) => {
      const all = recorded(before);
      const then = new ExponentialBuckets(0, all);
      for (const each of since) all.record(each);
      const difference = new ExponentialBuckets(0, all);
      difference.subtract(then);
      const magnitudes = since.filter((each) => each > 0);
      expect(countByIndex(difference.positive)).toEqual(modelOf(magnitudes, all.scale));
      expect(difference.zeroCount).toBe(since.filter((each) => each === 0).length);
      // The copy was not touched.
      expect(countByIndex(then.positive)).toEqual(countByIndex(recorded(before).positive));
    }),
    { numRuns: 500 },
  );
});

it('holds the smallest and the largest double at scale −4', () => {
  const buckets = recorded([Number.MIN_VALUE, Number.MAX_VALUE]);
  expect(buckets.scale).toBe(-4);
  expect(countByIndex(buckets.positive)).toEqual({ [bucketIndex(Number.MIN_VALUE, -4)]: 1, 63: 1 });
});
