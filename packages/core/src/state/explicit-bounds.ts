import { double, halves, highHalf, lowHalf } from '../double-bits.ts';
import type { BucketCounts } from './bucket-counts.ts';
import { histogramRow } from './histogram-row.ts';
import type { Slab } from './slab.ts';

/** How many bits of the high half of a double don't name a slot: sign, exponent and 7 bits do, so 128 slots a power of two. */
const slotShift = 13;
/** How many slots there are below the first bound above 0: four powers of two. */
const slotsBelow = 4 * 128;
/** A hundred powers of two. */
const mostSlots = 100 * 128;
/** What is added to the bucket of a slot with a bound in it, for those values that are not above that bound. */
const toCompare = 0x8000;

// Constants of this module: V8 knows their places, so a loop over values is a third faster than with an object's.
const bits = new Float64Array(1);
const highBits = new Uint32Array(bits.buffer, 4 * highHalf, 1);
/** The slots of the bounds that were used last, and whose they are. */
const slotsAtHand = new Uint16Array(mostSlots);
let copiedSlots: Uint16Array | undefined;

/**
 * ExplicitBounds finds the bucket of a value without a search that the processor can't predict: the first bits of the
 * double name a slot, a narrow range of values, and a table its bucket. Only in the few slots that a bound lies in, a
 * comparison has to tell.
 */
export class ExplicitBounds {
  /** The bounds, and one that nothing is above. */
  readonly #bounds: Float64Array;
  readonly #largestBound: number;
  /** The number of the first slot in the table. */
  readonly #firstSlot: number;
  /** By slot, up to that of the largest bound. */
  readonly #slots: Uint16Array;
  /** Whether `recordAll` can be used: no slot, nor what is below them all, has more than one bound in it. */
  readonly canRecordAll: boolean;

  /** Upper-inclusive bounds, finite and strictly increasing; at most 32,767. */
  constructor(given: readonly number[]) {
    const bounds = Float64Array.of(...given, Infinity);
    this.#bounds = bounds;
    this.#largestBound = given.at(-1) ?? -Infinity;
    const firstAbove0 = bounds.find((bound) => bound > 0) as number;
    // Slot 0 would be that of 0, too, which belongs to what is below.
    this.#firstSlot = Math.max(1, slotOf(firstAbove0) - slotsBelow);
    let bucket = bounds.findIndex((bound) => bound >= startOf(this.#firstSlot));
    const slots = this.#largestBound > 0 ? slotOf(this.#largestBound) + 1 - this.#firstSlot : 0;
    this.#slots = new Uint16Array(Math.min(slots, mostSlots));
    let canRecordAll = slots <= mostSlots && bucket <= 1;
    for (let i = 0; i < this.#slots.length; i++) {
      while ((bounds[bucket] as number) < startOf(this.#firstSlot + i)) bucket++;
      const end = startOf(this.#firstSlot + i + 1);
      this.#slots[i] = (bounds[bucket] as number) < end ? toCompare + bucket : bucket;
      if ((bounds[bucket + 1] as number) < end) canRecordAll = false;
    }
    this.canRecordAll = canRecordAll;
  }

  /** The index of the bucket for a finite value: of the first bound that is not below it. */
  find(value: number): number {
    const bounds = this.#bounds;
    // Nothing is above the largest bound but the last bucket.
    if (value > this.#largestBound) return bounds.length - 1;
    const slot = value > 0 ? slotOf(value) - this.#firstSlot : -1;
    let bucket = slot >= 0 ? (this.#slots[Math.min(slot, this.#slots.length - 1)] as number) % toCompare : 0;
    while (value > (bounds[bucket] as number)) bucket++;
    return bucket;
  }

  /**
   * Records the first `count` of some finite values, from 1 to 255, in a histogram's row, where the counts have room for
   * them: all of it in one loop.
   */
  // Parameters without names: called for every batch of records.
  recordAll(recorded: readonly number[], count: number, slab: Slab, row: number, counts: BucketCounts): void {
    if (copiedSlots !== this.#slots) takeToHand(this.#slots);
    const bounds = this.#bounds;
    const largestBound = this.#largestBound;
    const last = bounds.length - 1;
    // With these limits and a look at what comes first, V8 need not see for each value what kinds of numbers and arrays
    // it has.
    const firstSlot = this.#firstSlot & 0x7_ffff;
    const slots = this.#slots.length & 0x3fff;
    const end = count & 0xff;
    const chunk = counts.chunkToCount(row, end);
    const firstBucket = counts.offsetOf(row) & 0x7ff_ffff;
    const values = slab.chunkOf(row);
    const offset = slab.offsetOf(row);
    let sum = values[offset + histogramRow.windowSum] as number;
    let min = values[offset + histogramRow.windowMin] as number;
    let max = values[offset + histogramRow.windowMax] as number;
    void recorded[0];
    void chunk[firstBucket];
    for (let i = 0; i < end; i++) {
      const value = recorded[i] as number;
      bits[0] = value;
      const slot = (((highBits[0] as number) >>> slotShift) - firstSlot) >>> 0;
      let bucket = toCompare;
      if (slot < slots) bucket = slotsAtHand[slot] as number;
      else if (value > largestBound) bucket = last;
      if (bucket >= toCompare) {
        bucket -= toCompare;
        bucket += Number(value > (bounds[bucket] as number));
      }
      const place = firstBucket + bucket;
      chunk[place] = (chunk[place] as number) + 1;
      sum += value;
      // Together, as most values are neither: V8 then moves no numbers for these.
      if (!(value >= min && value <= max)) {
        if (value < min) min = value;
        if (value > max) max = value;
      }
    }
    values[offset + histogramRow.windowSum] = sum;
    values[offset + histogramRow.windowMin] = min;
    values[offset + histogramRow.windowMax] = max;
  }
}

function takeToHand(slots: Uint16Array): void {
  slotsAtHand.set(slots);
  copiedSlots = slots;
}

/** The number of the slot that a number above 0 is in. */
function slotOf(value: number): number {
  double[0] = value;
  return (halves[highHalf] as number) >>> slotShift;
}

/** The smallest number in a slot. */
function startOf(slot: number): number {
  halves[highHalf] = slot << slotShift;
  halves[lowHalf] = 0;
  return double[0] as number;
}
