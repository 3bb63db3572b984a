import { expect, it } from 'vitest';
import { type ChunkMemory, Slab } from './slab.ts';

it.each([0, 1, 2, 3, 5, 4095, 4096, 4097, 12_289])('holds %d rows, and copies them in order', (rows) => {
  const slab = new Slab(Float64Array.of(0, Infinity));
  for (let row = 0; row < rows; row++) {
    slab.addRow();
    slab.chunkOf(row)[slab.offsetOf(row)] = row + 1;
  }
  const expected = Float64Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? i / 2 + 1 : Infinity));
  expect(slab.copy()).toEqual(expected);
});

it('says when rows move, and moves none once there is a whole chunk', () => {
  const slab = new Slab(Float64Array.of(0));
  let before: Float64Array | undefined;
  for (let row = 0; row < 10_000; row++) {
    const hasMoved = slab.addRow();
    expect(hasMoved && row > 0).toBe(before !== undefined && slab.chunkOf(0) !== before);
    if (row >= 4096) expect(slab.chunkOf(0)).toBe(before);
    before = slab.chunkOf(0);
  }
});

it('selects rows in their order', () => {
  const slab = new Slab(Float64Array.of(0));
  for (let row = 0; row < 5000; row++) {
    slab.addRow();
    slab.chunkOf(row)[slab.offsetOf(row)] = row;
  }
  expect(slab.select([4999, 7, 4100]).copy()).toEqual(Float64Array.of(4999, 7, 4100));
});

function countTo(last: number): Float64Array {
  return Float64Array.from({ length: last }, (_, i) => i + 1);
}

it.each([0, 1, 3, 4095, 4096, 4097, 9000])(
  'moves %d rows to memory that is given, and gives that back',
  (rows) => {
    const taken = new Set<Float64Array>();
    const memory: ChunkMemory<Float64Array> = {
      take(numbers) {
        // Anything may be in it.
        const chunk = new Float64Array(numbers).fill(7);
        taken.add(chunk);
        return chunk;
      },
      giveBack(chunks) {
        for (const chunk of chunks) expect(taken.delete(chunk.fill(Number.NaN))).toBe(true);
      },
    };
    const slab = new Slab<Float64Array>(Float64Array.of(0));
    const add = (to: number): void => {
      while (slab.rows < to) {
        slab.addRow();
        const row = slab.rows - 1;
        slab.chunkOf(row)[slab.offsetOf(row)] = row + 1;
      }
    };
    add(rows);
    expect(slab.isInMemory).toBe(false);
    slab.moveTo(memory);
    expect(slab.isInMemory).toBe(true);
    expect(slab.copy()).toEqual(countTo(rows));
    add(rows + 5000);
    expect(slab.copy()).toEqual(countTo(rows + 5000));
    for (let row = 0; row < slab.rows; row++) expect(taken.has(slab.chunkOf(row))).toBe(true);
    expect(taken.size).toBe(Math.ceil((rows + 5000) / 4096));
    slab.clear();
    expect(taken.size).toBe(0);
    expect(slab.copy()).toHaveLength(0);
  },
);
