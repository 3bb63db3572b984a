import { double, exponentBias, halves, highHalf, highOfOne, lowHalf } from '../double-bits.ts';
import { isAboveBorder, largestDoubleBelowBorder } from './bucket-borders.ts';

/** Source: OpenTelemetry metrics SDK specification, "Base2 exponential bucket histogram aggregation". */
export const largestScale = 20;
const smallestScale = -10;

/** The largest scale whose borders are looked up in tables: beyond it there would be thousands. */
const largestTableScale = 8;
/** How many bits of a significand the high half of a double has. */
const significandHighBits = 20;
const highMask = 2 ** significandHighBits - 1;
const smallestNormal = 2 ** -1022;
const smallestNormalHigh = 1 << significandHighBits;

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
  return bucketFinder(scale).find(value);
}

// Constants of this module: V8 knows their places, so a loop over values is a third faster than with an object's.
const bits = new Float64Array(1);
const highBits = new Uint32Array(bits.buffer, 4 * highHalf, 1);
const lowBits = new Uint32Array(bits.buffer, 4 * lowHalf, 1);

const finders: BucketFinder[] = [];

/** bucketFinder gives what finds the index of buckets at a scale from −10 to 20. It is made at first use. */
export function bucketFinder(scale: number): BucketFinder {
  return (finders[scale - smallestScale] ??= new BucketFinder(scale));
}

/**
 * BucketFinder finds buckets at one scale, by the bits of a double: the exponent names a power of two, the first bits
 * of the significand a slot narrower than a bucket, so with one border in it at the most, and a comparison does the rest.
 */
export class BucketFinder {
  readonly #scale: number;
  /** The scale of the tables: that of the buckets, or where those are wider than a power of two, 0. */
  readonly #tableScale: number;
  readonly #slotShift: number;
  /** By slot: the last border that lies below all of it, −1 for none. Border 0 is at 1. */
  readonly #borderBelowSlot: Int16Array;
  /** The halves of the largest double that is not above a border; a last one that nothing is above. */
  readonly #borderHighs: Int32Array;
  readonly #borderLows: Uint32Array;

  constructor(scale: number) {
    this.#scale = scale;
    this.#tableScale = Math.min(Math.max(scale, 0), largestTableScale);
    const borders = 2 ** this.#tableScale;
    const slots = 4 * borders;
    this.#slotShift = significandHighBits - this.#tableScale - 2;
    this.#borderHighs = new Int32Array(borders + 1).fill(highMask + 1);
    this.#borderLows = new Uint32Array(borders + 1);
    this.#borderBelowSlot = new Int16Array(slots);
    for (let k = 0, slot = 0; k <= borders; k++) {
      const border = k === borders ? 2 : k === 0 ? 1 : largestDoubleBelowBorder(k, this.#tableScale);
      for (; slot < slots && 1 + slot / slots <= border; slot++) this.#borderBelowSlot[slot] = k - 1;
      if (k === borders) break;
      double[0] = border;
      this.#borderHighs[k] = (halves[highHalf] as number) & highMask;
      this.#borderLows[k] = halves[lowHalf] as number;
    }
  }

  /** The index of the bucket for a positive finite number. */
  find(value: number): number {
    double[0] = value;
    const high = halves[highHalf] as number;
    if (high < smallestNormalHigh || this.#scale > largestTableScale) return this.#findUnusual(value);
    const significand = high & highMask;
    const below = this.#borderBelowSlot[significand >>> this.#slotShift] as number;
    const border = this.#borderHighs[below + 1] as number;
    // As a number, so that there is no branch that the processor can't predict.
    let above = Number(significand > border);
    if (significand === border)
      above = Number((halves[lowHalf] as number) > (this.#borderLows[below + 1] as number));
    const index = (((high >>> significandHighBits) - exponentBias) << this.#tableScale) + below + above;
    return index >> (this.#tableScale - this.#scale);
  }

  /** Adds the first `count` of some positive finite values to the counts of buckets, which begin at index `offset`. */
  // Parameters without names: called for every batch of records.
  countAll(values: readonly number[], count: number, counts: number[], offset: number): void {
    const tableScale = this.#tableScale;
    const shift = tableScale - this.#scale;
    const slotShift = this.#slotShift;
    const borderBelowSlot = this.#borderBelowSlot;
    const borderHighs = this.#borderHighs;
    const borderLows = this.#borderLows;
    for (let i = 0; i < count; i++) {
      const value = values[i] as number;
      bits[0] = value;
      const high = highBits[0] as number;
      let index = 0;
      if (high < smallestNormalHigh || shift < 0) index = this.#findUnusual(value);
      else {
        const significand = high & highMask;
        const below = borderBelowSlot[significand >>> slotShift] as number;
        const border = borderHighs[below + 1] as number;
        // As a number, so that there is no branch that the processor can't predict.
        let above = Number(significand > border);
        if (significand === border)
          above = Number((lowBits[0] as number) > (borderLows[below + 1] as number));
        index = ((((high >>> significandHighBits) - exponentBias) << tableScale) + below + above) >> shift;
      }
      const place = index - offset;
      counts[place] = (counts[place] as number) + 1;
    }
  }

  /** The same for subnormals, and for scales beyond those of the tables. */
  #findUnusual(value: number): number {
    const scale = this.#scale;
    if (value < smallestNormal) {
      // A subnormal has its exponent in its leading zeros. Times 2^54 it is a normal number, exactly.
      const fineScale = Math.max(scale, 0);
      return (bucketIndex(value * 2 ** 54, fineScale) - (54 << fineScale)) >> (fineScale - scale);
    }
    double[0] = value;
    const high = halves[highHalf] as number;
    const exponent = (high >>> significandHighBits) - exponentBias;
    halves[highHalf] = highOfOne | (high & highMask);
    const between1And2 = double[0];
    if (between1And2 === 1) return (exponent << scale) - 1;
    return (exponent << scale) + bordersBelowByLogarithm(between1And2, scale);
  }
}

/**
 * How many borders, but for that at 1, lie below a number between 1 and 2, at scales whose tables would be too large: by
 * a logarithm, and exactly where that is too close to tell.
 */
function bordersBelowByLogarithm(significand: number, scale: number): number {
  const position = Math.log2(significand) * 2 ** scale;
  const nearest = Math.round(position);
  // At scale 20 the logarithm is off by less than 10^−9 of a bucket.
  if (Math.abs(position - nearest) > 1e-6) return Math.floor(position);
  if (nearest === 0) return 0;
  if (nearest === 2 ** scale) return nearest - 1;
  return isAboveBorder(significand, nearest, scale) ? nearest : nearest - 1;
}
