import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BucketCounts } from './bucket-counts.ts';
import { CountRows } from './count-rows.ts';

const width = 3;
const count = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.constantFrom(2 ** 31 - 1, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 40),
);

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('add' as const),
      row: fc.nat(),
      bucket: fc.nat(width - 1),
      count,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('count' as const),
      row: fc.nat(),
      bucket: fc.nat(width - 1),
      count,
    }),
  },
  { weight: 3, arbitrary: fc.constant({ act: 'addRow' as const }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('select' as const), which: fc.array(fc.boolean()) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('settle' as const), a: fc.nat(), b: fc.nat() }) },
);

function rowsOf(copy: CountRows): number[][] {
  return Array.from({ length: copy.values.length / width }, (_, row) =>
    Array.from({ length: width }, (__, bucket) => copy.count(row, bucket)),
  );
}

describe('bucket counts', () => {
  it('hold what was added, far beyond 32 bits, and copies of them hold what was then', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let counts = new BucketCounts(width);
        let model: number[][] = [];
        let settled = counts.copy();
        let settledModel: number[][] = [];
        for (const each of steps) {
          const before = counts.copy();
          const beforeModel = structuredClone(model);
          const row = 'row' in each && model.length > 0 ? each.row % model.length : 0;
          const values = model[row];
          if (each.act === 'addRow') {
            counts.addRow();
            model.push([0, 0, 0]);
          } else if (each.act === 'add' && values !== undefined) {
            counts.add(row, each.bucket, each.count);
            values[each.bucket] = (values[each.bucket] ?? 0) + each.count;
          } else if (each.act === 'count' && values !== undefined) {
            const hasRoom = values.every((value) => (value % 2 ** 32) + each.count < 2 ** 32);
            expect(counts.hasRoom(row, each.count)).toBe(hasRoom);
            if (!hasRoom) continue;
            const place = counts.offsetOf(row) + each.bucket;
            const chunk = counts.chunkToCount(row, each.count);
            chunk[place] = (chunk[place] as number) + each.count;
            values[each.bucket] = (values[each.bucket] ?? 0) + each.count;
          } else if (each.act === 'select') {
            const kept = [...model.keys()].filter((index) => each.which[index] !== false);
            counts = counts.select(kept);
            settled = settled.select(kept);
            model = kept.map((index) => model[index] as number[]);
            settledModel = kept.map((index) => settledModel[index] ?? [0, 0, 0]);
          } else if (each.act === 'settle') {
            const from = Math.min(each.a % (model.length + 1), each.b % (model.length + 1));
            const to = Math.max(each.a % (model.length + 1), each.b % (model.length + 1));
            settled = CountRows.withRanges(settled, counts.copy(), [{ from, to }]);
            settledModel = model.map((now, index) =>
              index >= from && index < to ? [...now] : (settledModel[index] ?? [0, 0, 0]),
            );
          }
          const copy = counts.copy();
          expect(rowsOf(copy)).toEqual(model);
          expect(rowsOf(settled)).toEqual(settledModel);
          expect(rowsOf(before)).toEqual(beforeModel);
          const sumFrom = (first: number): bigint =>
            BigInt(
              model
                .slice(first)
                .flat()
                .reduce((a, b) => a + b, 0),
            );
          expect(counts.sum()).toBe(sumFrom(0));
          expect(copy.sum()).toBe(sumFrom(0));
          expect(copy.sum({ from: 1, to: model.length })).toBe(sumFrom(1));
          for (const [index, now] of model.entries()) {
            const isSettled = now.every((value, bucket) => value === (settledModel[index]?.[bucket] ?? 0));
            expect(counts.isSameRow(index, settled)).toBe(isSettled);
            expect(copy.isSameRow(index, settled)).toBe(isSettled);
            expect(copy.isSameRow(index, copy)).toBe(true);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('hold 2^53 − 1 to the last one', () => {
    const counts = new BucketCounts(width);
    counts.addRow();
    counts.add(0, 1, 2 ** 53 - 2);
    counts.add(0, 1, 1);
    expect(counts.copy().count(0, 1)).toBe(2 ** 53 - 1);
    counts.add(0, 2, 7);
    expect(rowsOf(counts.copy())).toEqual([[0, 2 ** 53 - 1, 7]]);
  });
});
