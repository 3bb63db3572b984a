import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type BucketRange, ExponentialBuckets } from './exponential-buckets.ts';
import { mergeBuckets } from './merge-buckets.ts';

function recorded(values: readonly number[]): ExponentialBuckets {
  const buckets = new ExponentialBuckets(0);
  for (const value of values) buckets.record(value);
  return buckets;
}

function merged(...lists: readonly (readonly number[])[]): ExponentialBuckets {
  const buckets = new ExponentialBuckets(0);
  for (const values of lists) mergeBuckets(buckets, recorded(values));
  return buckets;
}

/** What buckets hold, by sign and index. */
function contents({ scale, zeroCount, positive, negative }: ExponentialBuckets) {
  return { scale, zeroCount, positive: countsByIndex(positive), negative: countsByIndex(negative) };
}

function countsByIndex({ offset, counts }: BucketRange): ReadonlyMap<number, number> {
  return new Map(
    [...counts.entries()].filter(([, count]) => count > 0).map(([i, count]) => [offset + i, count]),
  );
}

/** The definition in whole numbers: the i with 2^i < value^(2^scale) ≤ 2^(i+1). */
function indexByDefinition(value: number, scale: number): number {
  if (scale < 0) return indexByDefinition(value, 0) >> -scale;
  let exponent = 0;
  let significand = value;
  for (; !Number.isInteger(significand); exponent -= 1) significand *= 2;
  for (; !Number.isSafeInteger(significand); exponent += 1) significand /= 2;
  const power = BigInt(significand) ** (2n ** BigInt(scale));
  const bits = power.toString(2).length;
  const isPowerOfTwo = (power & (power - 1n)) === 0n;
  return exponent * 2 ** scale + bits - (isPowerOfTwo ? 2 : 1);
}

/** Everything in one place by the definition, at the largest scale up to `from` that fits. */
function byDefinition(values: readonly number[], from: number) {
  for (let scale = from; ; scale--) {
    const positive = new Map<number, number>();
    const negative = new Map<number, number>();
    for (const value of values) {
      if (value === 0) continue;
      const range = value > 0 ? positive : negative;
      const index = indexByDefinition(Math.abs(value), scale);
      range.set(index, (range.get(index) ?? 0) + 1);
    }
    const fits = [positive, negative].every(
      (range) => range.size === 0 || Math.max(...range.keys()) - Math.min(...range.keys()) < 160,
    );
    if (fits) return { scale, zeroCount: values.filter((value) => value === 0).length, positive, negative };
  }
}

const edge = fc.constantFrom(
  0,
  1,
  -1,
  2,
  4,
  0.5,
  1 + Number.EPSILON,
  1 - Number.EPSILON / 2,
  Number.MIN_VALUE,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  2 ** -1022,
  2 ** 1023,
  Math.SQRT2,
);
const value = fc.oneof(
  edge,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: 0.001, max: 10_000, noNaN: true }),
  fc.double({ min: -100, max: 100, noNaN: true }),
  fc.double({ min: 1000, max: 1000.001, noNaN: true }),
);

it('holds what recording all values in one place holds, however they are spread', () => {
  fc.assert(
    fc.property(fc.array(fc.array(value, { maxLength: 40 }), { maxLength: 5 }), (lists) => {
      expect(contents(merged(...lists))).toEqual(contents(recorded(lists.flat())));
    }),
    { numRuns: 1500 },
  );
});

it('puts every count where the definition in whole numbers has it, at the largest scale that fits', () => {
  // With both, no scale above 6 fits, and the powers stay small enough to be written out.
  const spread = [1, 5];
  fc.assert(
    fc.property(fc.array(value, { maxLength: 12 }), fc.array(value, { maxLength: 12 }), (a, b) => {
      const [first, second] = [[...a, ...spread], b];
      expect(contents(merged(first, second))).toEqual(byDefinition([...first, ...second], 6));
      expect(contents(merged(second, first))).toEqual(byDefinition([...first, ...second], 6));
    }),
    { numRuns: 300 },
  );
});

it('changes neither the buckets that are merged nor, by empty ones, those merged into', () => {
  const from = recorded([1, 2, 1000, -5, 0]);
  const before = contents(from);
  const into = recorded([0.001]);
  mergeBuckets(into, from);
  expect(contents(from)).toEqual(before);
  const after = contents(into);
  mergeBuckets(into, new ExponentialBuckets(0));
  expect(contents(into)).toEqual(after);
});

it.each([
  ['the ends of the range', [Number.MIN_VALUE], [Number.MAX_VALUE], -4],
  ['one value twice', [2 ** 0.5], [2 ** 0.5], 20],
  ['as many buckets as fit', [1], [2 ** 159], 0],
  ['one bucket more than fits', [1], [2 ** 160], -1],
  ['signs at different scales', [-1, -1.0001], [1, 2 ** 100], 0],
])('merges %s', (_, a, b, scale) => {
  const buckets = merged(a, b);
  expect(buckets.scale).toBe(scale);
  expect(contents(buckets)).toEqual(contents(recorded([...a, ...b])));
});
