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
/** The smallest double that is no subnormal. */
export const smallestNormal: number = 2 ** -1022;
/** There are 2^2 slots for each bucket of a table, so that no slot is as wide as a bucket. */
const slotBits = 2;
/** How many numbers a slot has: a power of two. */
const slotWidth = 4;
const firstBit = 1 << 31;

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
  /** The scale of the table: that of the buckets, or where those are wider than a power of two, 0. */
  readonly #tableScale: number;
  readonly #slotShift: number;
  /**
   * By slot, `slotWidth` numbers: the last border that lies below all of it (−1 for none; border 0 is at 1), and the
   * halves of the largest double that is not above the next one, the low one with its first bit flipped.
   */
  readonly #slots: Int32Array;

  constructor(scale: number) {
    this.#scale = scale;
    this.#tableScale = Math.min(Math.max(scale, 0), largestTableScale);
    const borders = 2 ** this.#tableScale;
    const slots = 2 ** slotBits * borders;
    this.#slotShift = significandHighBits - this.#tableScale - slotBits;
    this.#slots = new Int32Array(slotWidth * slots);
    for (let next = 0, slot = 0; next <= borders; next++) {
      // Nothing is above the border at 2.
      const border = next === borders ? undefined : largestDoubleBelowBorder(next, this.#tableScale);
      double[0] = border ?? 1;
      const high = border === undefined ? highMask + 1 : (halves[highHalf] as number) & highMask;
      const low = flipped(halves[lowHalf] as number);
      for (; slot < slots && 1 + slot / slots <= (border ?? 2); slot++)
        this.#slots.set([next - 1, high, low], slotWidth * slot);
    }
  }

  /** Whether `countAll` can be used. */
  get hasTable(): boolean {
    return this.#scale === this.#tableScale;
  }

  /** The index of the bucket for a positive finite number. */
  find(value: number): number {
    if (value < smallestNormal || this.#scale > largestTableScale) return this.#findUnusual(value);
    bits[0] = value;
    const high = highBits[0] as number;
    const significand = high & highMask;
    const place = slotWidth * (significand >>> this.#slotShift);
    const below = this.#slots[place] as number;
    const border = this.#slots[place + 1] as number;
    const isAbove =
      significand > border ||
      (significand === border && flipped(lowBits[0] as number) > (this.#slots[place + 2] as number));
    const index =
      (((high >>> significandHighBits) - exponentBias) << this.#tableScale) + below + Number(isAbove);
    return index >> (this.#tableScale - this.#scale);
  }

  /**
   * Adds the first `count` of some positive finite values, none of them subnormal, to the counts of buckets, which begin
   * at index `offset`. Nothing is called in this loop, so that V8 checks what it works on only once.
   */
  // Parameters without names: called for every batch of records.
  countAll(values: readonly number[], count: number, counts: number[], offset: number): void {
    const tableScale = this.#tableScale;
    const slotShift = this.#slotShift;
    const slots = this.#slots;
    for (let i = 0; i < count; i++) {
      bits[0] = values[i] as number;
      const high = highBits[0] as number;
      const significand = high & highMask;
      const slot = slotWidth * (significand >>> slotShift);
      const border = slots[slot + 1] as number;
      // As a number, so that there is no branch that the processor can't predict.
      let above = Number(significand > border);
      if (significand === border)
        above = Number(((lowBits[0] as number) ^ firstBit) > (slots[slot + 2] as number));
      const exponent = (high >>> significandHighBits) - exponentBias;
      const place = (exponent << tableScale) + (slots[slot] as number) + above - offset;
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

/** 32 bits so that they compare as signed numbers in the order of unsigned ones. */
function flipped(bits32: number): number {
  return bits32 ^ firstBit;
}
