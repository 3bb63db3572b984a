import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RowRanges } from './row-ranges.ts';

const rows = 30;
const ranges = fc.array(
  fc
    .tuple(fc.nat(rows - 1), fc.nat(rows - 1))
    .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) + 1 })),
);

it('holds the rows that were added, as the fewest ranges in order', () => {
  fc.assert(
    fc.property(ranges, (added) => {
      const expected = new Set<number>();
      let all = RowRanges.none;
      for (const range of added) {
        all = all.with(range);
        for (let row = range.from; row < range.to; row++) expected.add(row);
      }
      const held = all.ranges.flatMap(({ from, to }) =>
        Array.from({ length: to - from }, (_, i) => from + i),
      );
      expect(held).toEqual([...expected].toSorted((a, b) => a - b));
      // Between two ranges there is a row that is in neither.
      for (const [i, { from }] of all.ranges.entries()) {
        expect(from).toBeGreaterThan(all.ranges[i - 1]?.to ?? -1);
      }
      expect(all.isAllOf(rows)).toBe(expected.size === rows);
    }),
  );
});
