import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type KnownRows, knownRow, mostRowsKnown, noRows, withRow } from './known-rows.ts';

it('gives the row that a number was given last, or none, and no other', () => {
  const number = fc.oneof(fc.nat(40), fc.nat(32_767));
  const row = fc.oneof(fc.nat(40), fc.nat(mostRowsKnown - 1));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(number, row), { maxLength: 200 }),
      fc.integer({ min: 1, max: 5000 }),
      (given, rows) => {
        let known: KnownRows = noRows;
        const expected = new Map<number, number>();
        for (const [each, rowOfEach] of given) {
          known = withRow(known, { number: each, row: rowOfEach, rows });
          expected.set(each, rowOfEach);
          expect(knownRow(known, each)).toBe(rowOfEach);
        }
        for (let each = -2; each < 100; each++) {
          expect([-1, expected.get(each) ?? -1]).toContain(knownRow(known, each));
        }
        for (const [each, rowOfEach] of expected) expect([-1, rowOfEach]).toContain(knownRow(known, each));
      },
    ),
    { numRuns: 300 },
  );
  expect([...noRows]).toEqual([0]);
});

it('knows all numbers that follow one another', () => {
  let known: KnownRows = noRows;
  for (let i = 0; i < 2000; i++) known = withRow(known, { number: 500 + i, row: i, rows: i + 1 });
  expect(Array.from({ length: 2000 }, (_, i) => knownRow(known, 500 + i))).toEqual([...Array(2000).keys()]);
});

it('takes no more room than a few slots for each row, whatever the numbers', () => {
  let known: KnownRows = noRows;
  for (let i = 0; i < 1000; i++) known = withRow(known, { number: 32 * (i % 1000), row: i % 10, rows: 10 });
  expect(known.length).toBeLessThanOrEqual(128);
  expect(knownRow(known, 32 * 999)).toBe(9);
  known = withRow(known, { number: 7, row: mostRowsKnown - 1, rows: 100_000 });
  for (let i = 0; i < 32_768; i++)
    known = withRow(known, { number: i, row: i % mostRowsKnown, rows: 100_000 });
  expect(known.length).toBe(8192);
});
