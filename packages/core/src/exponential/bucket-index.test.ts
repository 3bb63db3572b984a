import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bucketIndex } from './bucket-index.ts';

/**
 * The bucket index by the definition alone: the largest i with base^i < value, found by comparing whole numbers.
 * base^i < value ⟺ 2^i < value^(2^scale) for scale ≥ 0: exact, but only feasible for small scales.
 */
function indexByDefinition(value: number, scale: number): number {
  const { numerator, exponent } = exactly(value);
  if (scale <= 0) {
    // base is 2^(2^−scale): count powers of two below the value, then groups of them.
    const isPower = (numerator & (numerator - 1n)) === 0n;
    const log = numerator.toString(2).length - 1 + exponent;
    return Math.floor((isPower ? log - 1 : log) / 2 ** -scale);
  }
  const power = numerator ** BigInt(2 ** scale);
  const log = power.toString(2).length - 1 + exponent * 2 ** scale;
  const isPower = (power & (power - 1n)) === 0n;
  return isPower ? log - 1 : log;
}

/** A double as numerator · 2^exponent. */
function exactly(value: number): { readonly numerator: bigint; readonly exponent: number } {
  let exponent = 0;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    exponent -= 1;
  }
  return { numerator: BigInt(scaled), exponent };
}

const double = fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true });
const ordinary = fc.double({ min: 0.001, max: 100_000, noNaN: true });
const exactScales = { min: -10, max: 10 };

/** The double that is some steps away among all doubles. */
function stepped(value: number, steps: number): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  bits.setBigUint64(0, bits.getBigUint64(0) + BigInt(steps));
  return bits.getFloat64(0);
}

it('agrees with the definition on random values', () => {
  fc.assert(
    fc.property(fc.oneof(double, ordinary), fc.integer(exactScales), (value, scale) => {
      expect(bucketIndex(value, scale)).toBe(indexByDefinition(value, scale));
    }),
    { numRuns: 3000 },
  );
});

it('agrees with the definition at every border of scales up to 8, and next to it', () => {
  for (let scale = 1; scale <= 8; scale++) {
    const count = 2 ** scale;
    for (let k = 0; k <= count; k++) {
      const near = 2 ** (k / count);
      for (const value of [near, stepped(near, 1), stepped(near, -1), near * 4, near / 1024]) {
        expect([value, scale, bucketIndex(value, scale)]).toEqual([
          value,
          scale,
          indexByDefinition(value, scale),
        ]);
      }
    }
  }
});

it('agrees with the definition right next to borders of scales 9 and 10', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 9, max: 10 }),
      fc.nat(),
      fc.integer({ min: -3, max: 3 }),
      (scale, n, steps) => {
        const value = stepped(2 ** ((n % 2 ** scale) / 2 ** scale), steps);
        expect(bucketIndex(value, scale)).toBe(indexByDefinition(value, scale));
      },
    ),
    { numRuns: 500 },
  );
});

it('gives at a smaller scale the same as halving the index of a larger one, up to scale 20 and next to its borders', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 9, max: 20 }),
      fc.nat(),
      fc.integer({ min: -2, max: 2 }),
      fc.integer({ min: -1022, max: 1022 }),
      (scale, n, steps, exponent) => {
        const value = stepped(2 ** ((n % 2 ** scale) / 2 ** scale), steps) * 2 ** exponent;
        const exact = indexByDefinition(value, 8);
        expect(bucketIndex(value, scale) >> (scale - 8)).toBe(exact);
        expect(bucketIndex(value, 20) >> (20 - scale)).toBe(bucketIndex(value, scale));
      },
    ),
    { numRuns: 2000 },
  );
});

/**
 * The bucket index at any scale by the digits of the value's logarithm: squaring a number between 1 and 2 tells the next
 * binary digit of its logarithm. In whole numbers, with 256 digits after the point.
 */
function indexBySquaring(value: number, scale: number): number {
  const { numerator, exponent } = exactly(value);
  const length = numerator.toString(2).length;
  const isPower = (numerator & (numerator - 1n)) === 0n;
  let significand = numerator << BigInt(257 - length);
  let index = exponent + length - 1;
  for (let digit = 0; digit < scale; digit++) {
    significand = (significand * significand) >> 256n;
    const isAbove = significand >> 257n === 1n;
    if (isAbove) significand >>= 1n;
    index = 2 * index + Number(isAbove);
  }
  return (isPower ? index - 1 : index) >> Math.max(-scale, 0);
}

it('agrees with the digits of the logarithm at every scale, next to borders as well', () => {
  const scale = fc.integer({ min: -10, max: 20 });
  const nextToBorder = fc
    .tuple(scale, fc.nat(), fc.integer({ min: -2, max: 2 }), fc.integer({ min: -1022, max: 1022 }))
    .map(([fine, n, steps, exponent]) => {
      const borders = 2 ** Math.max(fine, 0);
      return stepped(2 ** ((n % borders) / borders), steps) * 2 ** exponent;
    });
  const powerOfTwo = fc
    .tuple(fc.integer({ min: -1074, max: 1023 }), fc.integer({ min: -2, max: 2 }))
    .map(([exponent, steps]) => stepped(2 ** exponent, steps))
    .filter((value) => value > 0);
  const subnormal = fc.double({ min: Number.MIN_VALUE, max: 2 ** -1022, noNaN: true });
  fc.assert(
    fc.property(fc.oneof(double, ordinary, nextToBorder, powerOfTwo, subnormal), scale, (value, at) => {
      expect([value, at, bucketIndex(value, at)]).toEqual([value, at, indexBySquaring(value, at)]);
    }),
    { numRuns: 10_000 },
  );
});

it.each([
  [1, 0, -1],
  [1, 20, -1],
  [2, 0, 0],
  [2, 1, 1],
  [2, 20, 2 ** 20 - 1],
  [1.5, 0, 0],
  [4, -1, 0],
  [4.1, -1, 1],
  [Number.MIN_VALUE, 0, -1075],
  [Number.MIN_VALUE, -10, -2],
  [Number.MIN_VALUE, 20, -1074 * 2 ** 20 - 1],
  [Number.MAX_VALUE, 0, 1023],
  [Number.MAX_VALUE, -10, 0],
  [Number.MAX_VALUE, 20, 1024 * 2 ** 20 - 1],
  [2.2250738585072014e-308, 0, -1023],
  [2.225073858507201e-308, 0, -1023],
])('puts %d at scale %d into bucket %d', (value, scale, index) => {
  expect(bucketIndex(value, scale)).toBe(index);
});
