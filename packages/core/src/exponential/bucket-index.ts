import { double, exponentBias, halves, highHalf, highOfOne, lowHalf } from '../double-bits.ts';
import { isAboveBorder, largestDoubleBelowBorder } from './bucket-borders.ts';

/** Source: OpenTelemetry metrics SDK specification, "Base2 exponential bucket histogram aggregation". */
export const largestScale = 20;

/** The largest scale whose borders are looked up in a table: beyond it there would be thousands. */
const tableScale = 8;
const tableSize = 2 ** tableScale;

/**
 * bucketIndex gives the index of the bucket that holds a value, exactly: bucket i covers (base^i, base^(i+1)], with
 * base = 2^(2^−scale).
 *
 * @param value a positive finite number, subnormals included
 * @param scale an integer from −10 to 20
 *
 * Source: OpenTelemetry metrics data model, "ExponentialHistogram".
 */
export function bucketIndex(value: number, scale: number): number {
  double[0] = value;
  let high = halves[highHalf] as number;
  let exponent = (high >>> 20) - exponentBias;
  if (exponent === -exponentBias) {
    // A subnormal has its exponent in its leading zeros. Times 2^54 it is a normal number, exactly.
    double[0] = value * 2 ** 54;
    high = halves[highHalf] as number;
    exponent = (high >>> 20) - exponentBias - 54;
  }
  const significand = high & 0xfffff;
  const isPowerOfTwo = significand === 0 && halves[lowHalf] === 0;
  if (scale <= 0) return (isPowerOfTwo ? exponent - 1 : exponent) >> -scale;
  if (isPowerOfTwo) return (exponent << scale) - 1;
  halves[highHalf] = highOfOne | significand;
  const between1And2 = double[0];
  const inside =
    scale <= tableScale
      ? bordersBelow(between1And2, significand >>> (20 - tableScale)) >> (tableScale - scale)
      : bordersBelowByLogarithm(between1And2, scale);
  return (exponent << scale) + inside;
}

/** By k: the largest double below border k at the table's scale. Made at first use. */
let borders: Float64Array | undefined;
/** By the first bits of a significand: how many borders lie below all doubles that begin so. */
const bordersBelowSlot = new Uint8Array(tableSize);

/** How many borders of the table's scale, but for that at 1, lie below a number between 1 and 2. */
function bordersBelow(significand: number, slot: number): number {
  const table = (borders ??= makeTable());
  let k = bordersBelowSlot[slot] as number;
  // A slot is narrower than two buckets.
  while (significand > (table[k + 1] as number)) k++;
  return k;
}

function makeTable(): Float64Array {
  // Nothing lies above the last border.
  const table = new Float64Array(tableSize + 1).fill(Infinity);
  for (let k = 0; k < tableSize; k++) table[k] = largestDoubleBelowBorder(k, tableScale);
  for (let slot = 0, k = 0; slot < tableSize; slot++) {
    while (1 + slot / tableSize > (table[k + 1] as number)) k++;
    bordersBelowSlot[slot] = k;
  }
  return table;
}

/** The same at scales whose tables would be too large: by a logarithm, and exactly where that is too close to tell. */
function bordersBelowByLogarithm(significand: number, scale: number): number {
  const position = Math.log2(significand) * 2 ** scale;
  const nearest = Math.round(position);
  // At scale 20 the logarithm is off by less than 10^−9 of a bucket.
  if (Math.abs(position - nearest) > 1e-6) return Math.floor(position);
  if (nearest === 0) return 0;
  if (nearest === 2 ** scale) return nearest - 1;
  return isAboveBorder(significand, nearest, scale) ? nearest : nearest - 1;
}
