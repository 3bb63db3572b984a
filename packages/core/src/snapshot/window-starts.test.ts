import fc from 'fast-check';
import { expect, it } from 'vitest';
import { WindowStarts } from './window-starts.ts';

const mostRows = 12;
const range = fc
  .tuple(fc.nat(mostRows - 1), fc.nat(mostRows - 1))
  .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) + 1 }));

/** A window of some rows ends, or only some rows are kept. */
const step = fc.oneof(
  fc.record({ ended: range, newRows: fc.nat(3) }),
  fc.record({ kept: fc.subarray(Array.from({ length: mostRows }, (_, row) => row)) }),
);

it('tells where the window of each row began, however many parts it ends in', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let starts = new WindowStarts(0n);
      let expected: bigint[] = [];
      let common = 0n;
      for (const [i, each] of steps.entries()) {
        if ('kept' in each) {
          const kept = each.kept.filter((row) => row < expected.length);
          starts = starts.select(kept);
          expected = kept.map((row) => expected[row] as bigint);
        } else {
          const { from } = each.ended;
          const length = Math.max(expected.length, each.ended.to) + each.newRows;
          const end = BigInt(i + 1);
          while (expected.length < length) expected.push(common);
          starts = starts.after(each.ended, length, end);
          expected = expected.map((start, row) => (row >= from && row < each.ended.to ? end : start));
          common = end;
        }
        expect(expected.map((_, row) => starts.of(row))).toEqual(expected);
        expect(starts.of(expected.length + 100)).toBe(common);
        const sorted = expected.toSorted((a, b) => Number(a - b));
        expect(starts.earliest(expected.length)).toBe(sorted[0] ?? common);
        for (let from = 0; from < expected.length; from++) {
          const rows = { from, to: Math.min(from + 3, expected.length) };
          const some = expected.slice(rows.from, rows.to);
          for (const at of [0n, 1n, 2n, common]) {
            expect(starts.isAnyBefore(at, rows)).toBe(some.some((start) => start < at));
          }
        }
      }
    }),
  );
});
