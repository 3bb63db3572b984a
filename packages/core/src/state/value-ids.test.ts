import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AttributeValue } from '../attributes.ts';
import { ValueIds } from './value-ids.ts';

const value = fc.oneof(
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
