import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ExplicitBounds } from './explicit-bounds.ts';

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -10, max: 1000, noNaN: true }),
  fc.integer({ min: -5, max: 200 }),
);

it('finds the first bound that is not below the value', () => {
  const bounds = fc.uniqueArray(number, { comparator: (a, b) => a === b, maxLength: 40 });
  fc.assert(
    fc.property(bounds, fc.array(number, { minLength: 1 }), (unsorted, values) => {
      const sorted = unsorted.map((bound) => bound + 0).toSorted((a, b) => a - b);
      const found = new ExplicitBounds(sorted);
      for (const value of [...values, ...sorted]) {
        const expected = sorted.findIndex((bound) => value <= bound);
        expect(found.find(value)).toBe(expected === -1 ? sorted.length : expected);
      }
    }),
    { numRuns: 2000 },
  );
});

it.each([
  [[], 5, 0],
  [[0], 0, 0],
  [[0], -0, 0],
  [[0], Number.MIN_VALUE, 1],
  [[-1], 5, 1],
  [[-2, -1], -1.5, 1],
  [[Number.MAX_VALUE], Number.MAX_VALUE, 0],
  [[Number.MIN_VALUE, Number.MAX_VALUE], 1, 1],
])('finds over %j for %d the bucket %d', (bounds, value, bucket) => {
  expect(new ExplicitBounds(bounds).find(value)).toBe(bucket);
});
