import fc from 'fast-check';
import { expect, test } from 'vitest';

import { ByteWriter } from './byte-writer.ts';
import {
  MAX_DECIMAL_BYTES,
  writeInteger,
  writeJsonDouble,
  writeQuotedIntegers,
  writeUnsigned64,
} from './write-decimal.ts';

/** What is written into memory that was written to before. */
function written(bytes: number, write: (out: ByteWriter) => void): string {
  const out = new ByteWriter(bytes);
  out.bytes.fill('9');
  write(out);
  return Buffer.from(out.written()).toString();
}

const MAX_UNSIGNED = 2n ** 64n - 1n;
/** Numbers around the powers of ten, where the number of digits changes. */
const aroundPowers = fc
  .tuple(fc.nat({ max: 15 }), fc.integer({ min: -2, max: 2 }))
  .map(([power, offset]) => 10 ** power + offset);
const wholeNumber = fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.nat({ max: 2000 }), aroundPowers);

test('whole numbers are written as they are spelled', () => {
  fc.assert(
    fc.property(fc.oneof(wholeNumber, fc.bigInt(-(2n ** 63n), MAX_UNSIGNED)), (value) => {
      expect(written(MAX_DECIMAL_BYTES, (out) => writeInteger(out, value))).toBe(String(value));
    }),
    { numRuns: 2000 },
  );
  for (let value = 0; value < 2000; value += 1) {
    expect(written(MAX_DECIMAL_BYTES, (out) => writeInteger(out, value))).toBe(String(value));
  }
});

test('unsigned numbers of 64 bits are written as they are spelled', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, MAX_UNSIGNED), fc.nat({ max: 64 }), (value, shift) => {
      const number = value >> BigInt(shift);
      expect(written(MAX_DECIMAL_BYTES, (out) => writeUnsigned64(out, number))).toBe(String(number));
    }),
    { numRuns: 1000 },
  );
});

test('doubles are written as JSON spells them', () => {
  const decimal = fc
    .tuple(fc.maxSafeNat(), fc.nat({ max: 9 }), fc.nat({ max: 16 }))
    .map(([digits, places, cut]) => Math.floor(digits / 10 ** cut) / 10 ** places);
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(fc.oneof(decimal, finite, wholeNumber), (value) => {
      const text = written(MAX_DECIMAL_BYTES, (out) => writeJsonDouble(out, value));
      expect(text).toBe(Object.is(value, -0) ? '-0.0' : String(value));
    }),
    { numRuns: 5000 },
  );
});

test('counts are written as strings with commas between them', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat({ max: 12 }), fc.nat({ max: 1200 }), fc.maxSafeNat())), (counts) => {
      const text = written(counts.length * MAX_DECIMAL_BYTES, (out) => writeQuotedIntegers(out, counts));
      expect(text).toBe(counts.map((count) => `"${count}"`).join());
    }),
  );
});
