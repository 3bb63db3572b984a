import { double, halves, highHalf } from '../double-bits.ts';
import type { BucketCounts } from './bucket-counts.ts';
import type { Cell } from './cell.ts';
import { histogramRow } from './histogram-row.ts';

/** How many bits of the high half of a double don't matter for the first guess: sign, exponent and 3 bits do. */
const guessShift = 17;

// Constants of this module: V8 knows their places, so a loop over values is a third faster than with an object's.
const bits = new Float64Array(1);
const highBits = new Uint32Array(bits.buffer, 4 * highHalf, 1);
/** By bucket: how many of the values at hand are in it. */
const found = new Int32Array(256);

/**
 * ExplicitBounds finds the bucket of a value without a search that the processor can't predict: the first bits of the
 * double name a narrow range of values (an eighth of a power of two), a table the first bound in or above it, and a
 * comparison or two do the rest.
 */
export class ExplicitBounds {
  /** The bounds, and one that nothing is above. */
  readonly #bounds: Float64Array;
  /** By range of values above 0, up to that of the largest bound: the first bound that can be the value's. */
  readonly #firstBound: Uint8Array | Uint16Array;
  readonly #largestBound: number;
  /** Whether `recordAll` can't be used: a range, or what is not above 0, has more than one bound in it, or there are very many. */
  readonly isDense: boolean;

  /** Upper-inclusive bounds, finite and strictly increasing; at most 65,534. */
  constructor(given: readonly number[]) {
    // Without minus zero, whose bits are those of no other zero.
    const bounds = given.map((bound) => bound + 0);
    this.#bounds = Float64Array.of(...bounds, Infinity);
    this.#largestBound = bounds.at(-1) ?? -Infinity;
    const ranges = this.#largestBound > 0 ? rangeOf(this.#largestBound) + 1 : 0;
    // Small enough to stay near the processor, whenever bounds are not very many.
    this.#firstBound = bounds.length < 256 ? new Uint8Array(ranges) : new Uint16Array(ranges);
    let bound = bounds.findIndex((each) => each >= 0);
    for (let range = 0; range < ranges; range++) {
      while (rangeOf(bounds[bound] as number) < range) bound++;
      this.#firstBound[range] = bound;
    }
    this.isDense =
      bounds.length >= found.length ||
      bounds.some((each, i) => i > 0 && (each <= 0 || rangeOf(each) === rangeOf(bounds[i - 1] as number)));
  }

  /** The index of the bucket for a finite value: of the first bound that is not below it. */
  find(value: number): number {
    const bounds = this.#bounds;
    // Nothing is above the largest bound but the last bucket.
    if (value > this.#largestBound) return bounds.length - 1;
    let bucket = 0;
    if (value > 0) {
      double[0] = value;
      bucket = this.#firstBound[(halves[highHalf] as number) >>> guessShift] as number;
    }
    while (value > (bounds[bucket] as number)) bucket++;
    return bucket;
  }

  /**
   * Records the first `count` of some finite values, fewer than 2^31, in a histogram's row: all of it in one loop, and
   * the row is touched once.
   */
  // Parameters without names: called for every batch of records.
  recordAll(
    recorded: readonly number[],
    count: number,
    cell: Pick<Cell, 'values' | 'offset' | 'row'>,
    counts: BucketCounts,
  ): void {
    const { values: row, offset } = cell;
    const bounds = this.#bounds;
    const firstBound = this.#firstBound;
    const ranges = firstBound.length;
    const last = bounds.length - 1;
    let sum = row[offset + histogramRow.windowSum] as number;
    let min = row[offset + histogramRow.windowMin] as number;
    let max = row[offset + histogramRow.windowMax] as number;
    for (let i = 0; i < count; i++) {
      const value = recorded[i] as number;
      bits[0] = value;
      const range = (highBits[0] as number) >>> guessShift;
      const bucket = range < ranges ? (firstBound[range] as number) : value > 0 ? last : 0;
      // As a number, so that there is no branch that the processor can't predict.
      const place = bucket + Number(value > (bounds[bucket] as number));
      found[place] = (found[place] as number) + 1;
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    row[offset + histogramRow.windowSum] = sum;
    row[offset + histogramRow.windowMin] = min;
    row[offset + histogramRow.windowMax] = max;
    counts.addAll(cell.row, found);
  }
}

function rangeOf(value: number): number {
  double[0] = value;
  return (halves[highHalf] as number) >>> guessShift;
}
