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
/** How many borders there are between 1, included, and 2 at the scale of the largest table. */
const mostBorders = 2 ** largestTableScale;
/** The smallest double that is no subnormal. */
export const smallestNormal: number = 2 ** -1022;
/** There are 2^10 slots in a power of two, so that none has more than one border of a table in it. */
const slotBits = 10;
const slotsPerPower = 2 ** slotBits;
const slotShift = significandHighBits - slotBits;
/** What is added to the number of borders below a slot that the next one lies in. */
const toCompare = 0x8000;

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
/** By scale of a table and slot between 1 and 2: how many borders lie below all of it. Border 0 is at 1. */
const slots = new Uint16Array((largestTableScale + 1) * slotsPerPower);
/** By scale of a table and border, the halves of the largest double not above it, the high one without its exponent. */
const borderHighs = new Uint32Array((largestTableScale + 1) * mostBorders);
const borderLows = new Uint32Array((largestTableScale + 1) * mostBorders);

const finders: BucketFinder[] = [];

/** bucketFinder gives what finds the index of buckets at a scale from −10 to 20. It is made at first use. */
export function bucketFinder(scale: number): BucketFinder {
  return (finders[scale - smallestScale] ??= new BucketFinder(scale));
}

/**
 * BucketFinder finds buckets at one scale, by the bits of a double: the exponent names a power of two, the first bits
 * of the significand a slot narrower than a bucket, and a table the bucket. Only where a border lies in the slot, a
 * comparison has to tell.
 */
export class BucketFinder {
  readonly #scale: number;
  /** The scale of the table: that of the buckets, or where those are wider than a power of two, 0. */
  readonly #tableScale: number;

  constructor(scale: number) {
    this.#scale = scale;
    this.#tableScale = Math.min(Math.max(scale, 0), largestTableScale);
    fillTable(this.#tableScale);
  }

  /** Whether `countAll` can be used. */
  get hasTable(): boolean {
    return this.#scale === this.#tableScale;
  }

  /** The index of the bucket for a positive finite number. */
  find(value: number): number {
    if (value < smallestNormal || this.#scale > largestTableScale) return this.#findUnusual(value);
    const tableScale = this.#tableScale;
    bits[0] = value;
    const high = highBits[0] as number;
    let below = slots[tableScale * slotsPerPower + ((high >>> slotShift) & (slotsPerPower - 1))] as number;
    if (below >= toCompare) {
      below -= toCompare;
      below += Number(isAbove(tableScale * mostBorders + below));
    }
    const index = (((high >>> significandHighBits) - exponentBias) << tableScale) + below - 1;
    return index >> (tableScale - this.#scale);
  }

  /**
   * Adds the first `count` of some positive finite values, none of them subnormal, to the counts of buckets, which begin
   * at index `offset`; from 1 to 255 of them. Nothing is called in this loop, so that V8 checks what it works on only once.
   */
  // Parameters without names: called for every batch of records.
  countAll(values: readonly number[], count: number, counts: number[], offset: number): void {
    // In bits that are surely whole numbers, so that V8 need not look for each value.
    const firstSlot = (this.#tableScale << slotBits) | 0;
    const firstBorder = (this.#tableScale * mostBorders) | 0;
    const perPower = 1 << this.#tableScale;
    const first = (offset + exponentBias * perPower + 1) | 0;
    const end = count & 0xff;
    for (let i = 0; i < end; i++) {
      bits[0] = values[i] as number;
      const high = highBits[0] as number;
      let below = slots[firstSlot + ((high >>> slotShift) & (slotsPerPower - 1))] as number;
      if (below >= toCompare) {
        below -= toCompare;
        const significand = high & highMask;
        const border = borderHighs[firstBorder + below] as number;
        if (significand > border) below += 1;
        else if (significand === border)
          below += Number((lowBits[0] as number) > (borderLows[firstBorder + below] as number));
      }
      const place = Math.imul(high >>> significandHighBits, perPower) + below - first;
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

/** Whether the value in `bits` lies above a border of a table, in its power of two. */
function isAbove(border: number): boolean {
  const significand = (highBits[0] as number) & highMask;
  const high = borderHighs[border] as number;
  return (
    significand > high || (significand === high && (lowBits[0] as number) > (borderLows[border] as number))
  );
}

function fillTable(scale: number): void {
  const borders = 2 ** scale;
  for (let next = 0, slot = 0; next <= borders; next++) {
    // Nothing is above the border at 2.
    const border = next === borders ? 2 : largestDoubleBelowBorder(next, scale);
    for (; slot < slotsPerPower && 1 + (slot + 1) / slotsPerPower <= border; slot++)
      slots[scale * slotsPerPower + slot] = next;
    if (next === borders) return;
    slots[scale * slotsPerPower + slot] = toCompare + next;
    slot += 1;
    double[0] = border;
    borderHighs[scale * mostBorders + next] = (halves[highHalf] as number) & highMask;
    borderLows[scale * mostBorders + next] = halves[lowHalf] as number;
  }
}
