import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AttributeValue } from '../attributes.ts';
import { ValueIds } from './value-ids.ts';

const value = fc.oneof(
  // So many strings of so few characters that glances collide, and that there are too many to glance at.
  fc.string({ unit: fc.constantFrom('a', 'b', 'é', '\u{1f600}'), maxLength: 5 }),
  fc.integer({ min: -3, max: 1030 }),
  fc.double({ noNaN: true }),
  fc.bigInt({ min: -4n, max: 4n }),
  fc.boolean(),
);

it('numbers each value once and knows no other', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 200, size: 'max' }), fc.array(value), (values, others) => {
      const ids = new ValueIds();
      // What a map takes for one key is one value.
      const expected = new Map<AttributeValue, number>();
      for (const each of values) {
        expect(ids.get(each)).toBe(expected.get(each) ?? -1);
        if (expected.has(each)) continue;
        ids.set(each, expected.size);
        expected.set(each, expected.size);
      }
      for (const each of [...values, ...others]) expect(ids.get(each)).toBe(expected.get(each) ?? -1);
    }),
    { numRuns: 500 },
  );
});

it('finds strings that look the same at a glance', () => {
  const ids = new ValueIds();
  const alike = Array.from({ length: 100 }, (_, i) => `${String(i).padStart(3, '0')}-same-${'-'.repeat(9)}`);
  for (const [i, string] of alike.entries()) {
    ids.set(string, i);
    expect(alike.map((each) => ids.get(each))).toEqual(alike.map((_, j) => (j <= i ? j : -1)));
  }
});
