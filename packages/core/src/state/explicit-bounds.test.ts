import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BucketCounts } from './bucket-counts.ts';
import { ExplicitBounds } from './explicit-bounds.ts';
import { emptyHistogramRow, histogramRow } from './histogram-row.ts';
import { Slab } from './slab.ts';

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -10, max: 1000, noNaN: true }),
  fc.integer({ min: -5, max: 200 }),
);

it('finds the first bound that is not below the value', () => {
  const bounds = fc.uniqueArray(number, { comparator: (a, b) => a === b, maxLength: 40 });
  fc.assert(
    fc.property(bounds, fc.array(number, { minLength: 1 }), (unsorted, values) => {
      const sorted = unsorted.toSorted((a, b) => a - b);
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
  [[-0], 0, 0],
  [[-0, 5], 1, 1],
  [[-1, -0, 1], Number.MIN_VALUE, 2],
  [[0], Number.MIN_VALUE, 1],
  [[-1], 5, 1],
  [[-2, -1], -1.5, 1],
  [[Number.MAX_VALUE], Number.MAX_VALUE, 0],
  [[Number.MIN_VALUE, Number.MAX_VALUE], 1, 1],
])('finds over %j for %d the bucket %d', (bounds, value, bucket) => {
  expect(new ExplicitBounds(bounds).find(value)).toBe(bucket);
});

it.each([255, 256, 257, 300, 1000])('finds every one of %d bounds', (length) => {
  const bounds = Array.from({ length }, (_, i) => i + 0.5);
  const found = new ExplicitBounds(bounds);
  for (let i = 0; i <= length; i++) expect(found.find(i)).toBe(i);
});

interface Recorded {
  readonly row: Float64Array;
  readonly counts: BucketCounts;
}

/** The row, the second one, that holds what was recorded, one value after another. */
function recordOneByOne(bounds: readonly number[], values: readonly number[]): Recorded {
  const row = Float64Array.from(emptyHistogramRow);
  const counts = new BucketCounts(bounds.length + 1);
  counts.addRow();
  counts.addRow();
  const explicitBounds = new ExplicitBounds(bounds);
  for (const value of values) {
    counts.add(1, explicitBounds.find(value), 1);
    row[histogramRow.windowSum] = (row[histogramRow.windowSum] as number) + value;
    // Not Math.min: of 0 and −0 it matters here which came first.
    if (value < (row[histogramRow.windowMin] as number)) row[histogramRow.windowMin] = value;
    if (value > (row[histogramRow.windowMax] as number)) row[histogramRow.windowMax] = value;
  }
  return { row, counts };
}

/** Two rows that both hold these numbers. */
function slabOf(row: Float64Array): Slab {
  const slab = new Slab(row);
  slab.addRow();
  slab.addRow();
  return slab;
}

describe('recording many values at once', () => {
  it('gives the row that one after another gives, to the last bit', () => {
    const bounds = fc.uniqueArray(number, { comparator: (a, b) => a === b, maxLength: 12 });
    let recordedAtOnce = 0;
    fc.assert(
      fc.property(bounds, fc.array(number), fc.array(number, { minLength: 1 }), (unsorted, before, after) => {
        const sorted = unsorted.toSorted((a, b) => a - b);
        const found = new ExplicitBounds(sorted);
        if (!found.canRecordAll) return;
        recordedAtOnce += 1;
        const { row, counts } = recordOneByOne(sorted, before);
        const slab = slabOf(row);
        const all = [...after, ...sorted];
        found.recordAll([...all, 99, 99], all.length, slab, 1, counts);
        const expected = recordOneByOne(sorted, [...before, ...all]);
        expect(slab.copy().subarray(slab.width)).toEqual(expected.row);
        expect(counts.copy()).toEqual(expected.counts.copy());
      }),
      { numRuns: 2000 },
    );
    expect(recordedAtOnce).toBeGreaterThan(200);
  });

  it.each([
    [[], true],
    [[0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000], true],
    [[-1, 1, 10], true],
    [[-0, 1, 10], true],
    [[1e-15, 1e13], true],
    [[-1, 0, 10], false],
    [[1, 1.001], false],
    [[0, Number.MIN_VALUE], false],
    [[1e-20, 1e20], false],
    [Array.from({ length: 300 }, (_, i) => 1.1 ** (i - 100)), true],
  ])('is left to find() where bounds are dense or far apart: %j', (bounds, canRecordAll) => {
    expect(new ExplicitBounds(bounds).canRecordAll).toBe(canRecordAll);
  });

  it('finds values around each bound of several metrics in turn', () => {
    const all = [
      [],
      [0, 5, 10, 25, 1000],
      [-1, 0.25, 1, 2 ** 0.5, 3],
      [Number.MIN_VALUE, 1e-308],
      [0, 2 ** -1020],
      Array.from({ length: 300 }, (_, i) => 1.1 ** (i - 100)),
    ];
    for (let turn = 0; turn < 3; turn++) {
      for (const bounds of all) {
        const found = new ExplicitBounds(bounds);
        expect(found.canRecordAll).toBe(true);
        const values = [...bounds, 0, 1e-300, 1e300].flatMap((at) => [
          at,
          at * (1 + 2 ** -52),
          at * (1 - 2 ** -53),
          -at,
        ]);
        const { row, counts } = recordOneByOne(bounds, []);
        const slab = slabOf(row);
        for (let i = 0; i < values.length; i += 255) {
          const some = values.slice(i, i + 255);
          found.recordAll(some, some.length, slab, 1, counts);
        }
        const expected = recordOneByOne(bounds, values);
        expect(slab.copy().subarray(slab.width)).toEqual(expected.row);
        expect(counts.copy()).toEqual(expected.counts.copy());
      }
    }
  });
});
