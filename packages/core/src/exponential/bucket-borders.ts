/**
 * The borders of exponential buckets between 1 and 2: border k at a scale is 2^(k / 2^scale). They are irrational (but
 * for k = 0), so they are worked out in whole numbers with far more digits than a double has.
 */

const fractionBits = 140n;
const one = 1n << fractionBits;
/** By j: 2^(2^−j), in units of 2^−140. */
const roots: bigint[] = [2n * one];

/** isAboveBorder tells exactly whether a double between 1 and 2 lies above border k at a scale from 1 to 20. */
export function isAboveBorder(significand: number, k: number, scale: number): boolean {
  return BigInt(significand * 2 ** 52) << (fractionBits - 52n) > border(k, scale);
}

/** largestDoubleBelowBorder gives the largest double that is not above border k at a scale from 1 to 20. */
export function largestDoubleBelowBorder(k: number, scale: number): number {
  return Number(border(k, scale) >> (fractionBits - 52n)) / 2 ** 52;
}

/** Border k in units of 2^−140: the product of the roots that the binary digits of k name. */
function border(k: number, scale: number): bigint {
  let product = one;
  for (let j = 1; j <= scale; j++) {
    if (((k >> (scale - j)) & 1) === 1) product = (product * root(j)) >> fractionBits;
  }
  return product;
}

function root(j: number): bigint {
  return (roots[j] ??= squareRoot(root(j - 1) << fractionBits));
}

/** The largest whole number whose square is not above `square`, by Newton's method from above. */
function squareRoot(square: bigint): bigint {
  let guess = 2n * one;
  for (;;) {
    const next = (guess + square / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}
