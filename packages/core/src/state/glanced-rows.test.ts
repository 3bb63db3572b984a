import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GlancedRows } from './glanced-rows.ts';

/** All rows that are to be compared with. */
function rowsAt(glanced: GlancedRows, glance: number): number[] {
  const rows: number[] = [];
  for (let attempt = 0; ; attempt++) {
    const row = glanced.rowAt(glance, attempt);
    if (row < -1) return rows;
    if (row >= 0) rows.push(row);
  }
}

// Of few different low bits, so that many come to the same slots; and negative ones.
const glance = fc.oneof(
  fc.integer({ min: 0, max: 40 }).map((bits) => (bits % 5) | (bits << 20)),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
);

/** The bits of a glance that number slots at the most. */
const slotBits = 13;

it('gives only rows that were added with that glance, or one of a slot nearby, each once', () => {
  fc.assert(
    fc.property(fc.array(glance, { maxLength: 200 }), (glances) => {
      const glanced = new GlancedRows();
      for (const [row, each] of glances.entries()) {
        glanced.add(each, row);
        const rows = rowsAt(glanced, each);
        for (const found of rows) expect((glances[found] as number) >> slotBits).toBe(each >> slotBits);
        expect(new Set(rows).size).toBe(rows.length);
      }
      expect(rowsAt(new GlancedRows(), 0)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

function glanceOf(row: number): number {
  return Math.imul(row + 1, 0x9e3779b1);
}

it('knows most of the rows that were added last, whatever their number', () => {
  const glanced = new GlancedRows();
  for (let row = 0; row < 8000; row++) glanced.add(glanceOf(row), row);
  const known = Array.from({ length: 8000 }, (_, row) => rowsAt(glanced, glanceOf(row)).includes(row));
  expect(known.at(-1)).toBe(true);
  expect(known.filter(Boolean).length).toBeGreaterThan(1500);
});

it('does without rows whose number is too large for it', () => {
  const glanced = new GlancedRows();
  // Where the bits of both would go over one another.
  const overlapping = 0x18005;
  glanced.add(overlapping, 100_000);
  expect(rowsAt(glanced, overlapping)).toEqual([]);
  glanced.add(5, 8000);
  expect(rowsAt(glanced, 5)).toEqual([8000]);
});
