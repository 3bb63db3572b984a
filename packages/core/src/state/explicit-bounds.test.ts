import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExplicitBounds } from './explicit-bounds.ts';
import { emptyHistogramRow, histogramRow } from './histogram-row.ts';

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

/** The row that holds what was recorded, one value after another. */
function rowOf(bounds: readonly number[], values: readonly number[]): Float64Array {
  const row = Float64Array.from(emptyHistogramRow(bounds.length + 1));
  const explicitBounds = new ExplicitBounds(bounds);
  for (const value of values) {
    const place = histogramRow.buckets + explicitBounds.find(value);
    row[place] = (row[place] as number) + 1;
    row[histogramRow.windowSum] = (row[histogramRow.windowSum] as number) + value;
    row[histogramRow.windowMin] = Math.min(row[histogramRow.windowMin] as number, value);
    row[histogramRow.windowMax] = Math.max(row[histogramRow.windowMax] as number, value);
  }
  return row;
}

describe('recording many values at once', () => {
  it('gives the row that one after another gives, to the last bit', () => {
    const bounds = fc.uniqueArray(number, { comparator: (a, b) => a === b, maxLength: 12 });
    let recordedAtOnce = 0;
    fc.assert(
      fc.property(bounds, fc.array(number), fc.array(number), (unsorted, before, values) => {
        const sorted = unsorted.toSorted((a, b) => a - b);
        const found = new ExplicitBounds(sorted);
        if (found.isDense) return;
        recordedAtOnce += 1;
        const place = 3;
        const row = new Float64Array(place + histogramRow.buckets + sorted.length + 1);
        row.set(rowOf(sorted, before), place);
        const all = [...values, ...sorted];
        found.recordAll([...all, 99, 99], all.length, row, place);
        expect(row.subarray(place)).toEqual(rowOf(sorted, [...before, ...all]));
      }),
      { numRuns: 2000 },
    );
    expect(recordedAtOnce).toBeGreaterThan(200);
  });

  it.each([
    [[0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000], false],
    [[-1, 1, 10], false],
    [[-0, 1, 10], false],
    [[-1, 0, 10], true],
    [[1, 1.1], true],
    [Array.from({ length: 256 }, (_, i) => 1.2 ** (i - 100)), true],
  ])('is left to find() where bounds are dense: %j', (bounds, isDense) => {
    expect(new ExplicitBounds(bounds).isDense).toBe(isDense);
  });
});
