import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Rows } from '../snapshot/rows.ts';
import { CountRows } from '../state/count-rows.ts';
import { SettledRows } from './settled-rows.ts';

const mostRows = 8;
const beyond = 2 ** 53;
const range = fc
  .tuple(fc.nat(mostRows - 1), fc.nat(mostRows))
  .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
const step = fc.oneof(
  { weight: 1, arbitrary: fc.record({ act: fc.constant('grow' as const), rows: fc.nat(2) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('settle' as const), range }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('look' as const) }) },
);

/** Rows whose numbers are all their own: sums, some beyond 2^53, or counts, some beyond 2^32. */
function makeRows(length: number, generation: number, hasCounts: boolean): Rows {
  const numbers = Array.from({ length }, (_, row) => 100 * generation + row + 1);
  const isWide = (row: number): boolean => (row + generation) % 3 === 0;
  return new Rows({
    length,
    width: 1,
    values: Float64Array.from(numbers),
    wideBases: new Map(
      numbers.flatMap((_, row) => (!hasCounts && isWide(row) ? [[row, BigInt(beyond)]] : [])),
    ),
    buckets: undefined,
    counts: hasCounts
      ? new CountRows(
          1,
          Uint32Array.from(numbers),
          new Map(numbers.map((_, row) => [row, generation * 2 ** 32])),
        )
      : undefined,
  });
}

function read(rows: Rows | undefined, row: number): bigint {
  if (rows === undefined) return 0n;
  return rows.counts === undefined ? BigInt(rows.total(row)) : BigInt(rows.counts.count(row, 0));
}

function check(held: SettledRows, expected: readonly bigint[]): void {
  const rows = Array.from({ length: mostRows }, (_, row) => row);
  expect(rows.map((row) => read(held.rows, row))).toEqual(rows.map((row) => expected[row] ?? 0n));
}

it.each([
  ['sums', false],
  ['counts', true],
])('holds of %s what was settled, range by range, whoever looks when', (_, hasCounts) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let newer = makeRows(3, 1, hasCounts);
      let generation = 1;
      let settled = SettledRows.none;
      let expected: bigint[] = [];
      const earlier: { readonly settled: SettledRows; readonly expected: readonly bigint[] }[] = [];
      for (const each of steps) {
        if (each.act === 'grow') {
          generation += 1;
          newer = makeRows(Math.min(newer.length + each.rows, mostRows), generation, hasCounts);
        } else if (each.act === 'settle') {
          const from = Math.min(each.range.from, newer.length);
          const to = Math.min(each.range.to, newer.length);
          if (from === to) continue;
          earlier.push({ settled, expected });
          settled = settled.with(newer, { from, to });
          expected = Array.from({ length: newer.length }, (__, row) =>
            row >= from && row < to ? read(newer, row) : (expected[row] ?? 0n),
          );
        } else check(settled, expected);
      }
      check(settled, expected);
      for (const each of earlier) check(each.settled, each.expected);
    }),
  );
});

it('has the very counts of a snapshot that was settled in many parts', () => {
  const newer = makeRows(4, 1, true);
  let settled = new SettledRows(makeRows(2, 2, true));
  for (const row of [0, 3, 1, 2]) settled = settled.with(newer, { from: row, to: row + 1 });
  expect(settled.rows?.counts).toBe(newer.counts);
});
