import { expect, it } from 'vitest';
import { Slab } from './slab.ts';

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
