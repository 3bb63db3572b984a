import { double, halves, highHalf } from '../double-bits.ts';

/** How many bits of the high half of a double don't matter for the first guess: sign, exponent and 3 bits do. */
const guessShift = 17;

/**
 * ExplicitBounds finds the bucket of a value without a search that the processor can't predict: the first bits of the
 * double name a narrow range of values (an eighth of a power of two), a table the first bound in or above it, and a
 * comparison or two do the rest.
 */
export class ExplicitBounds {
  /** The bounds, and one that nothing is above. */
  readonly #bounds: Float64Array;
  /** By range of values, from that of the smallest bound above 0 on: the first bound that can be the value's. */
  readonly #firstBound: Uint16Array;
  readonly #lowestRange: number;
  readonly #largestBound: number;

  /** Upper-inclusive bounds, finite and strictly increasing; at most 65,534. */
  constructor(bounds: readonly number[]) {
    this.#bounds = Float64Array.of(...bounds, Infinity);
    const positive = bounds.filter((bound) => bound > 0);
    this.#largestBound = bounds.at(-1) ?? -Infinity;
    this.#lowestRange = rangeOf(positive[0] ?? 1);
    const ranges = positive.length === 0 ? 1 : rangeOf(positive.at(-1) ?? 1) - this.#lowestRange + 1;
    this.#firstBound = new Uint16Array(ranges);
    let bound = bounds.length - positive.length;
    for (let i = 0; i < ranges; i++) {
      while (bound < bounds.length && rangeOf(bounds[bound] as number) < this.#lowestRange + i) bound++;
      this.#firstBound[i] = bound;
    }
  }

  /** The index of the bucket for a finite value: of the first bound that is not below it. */
  find(value: number): number {
    const bounds = this.#bounds;
    // Nothing is above the largest bound but the last bucket.
    if (value > this.#largestBound) return bounds.length - 1;
    let bucket = 0;
    if (value > 0) {
      double[0] = value;
      const range = ((halves[highHalf] as number) >>> guessShift) - this.#lowestRange;
      bucket = this.#firstBound[range < 0 ? 0 : range] as number;
    }
    while (value > (bounds[bucket] as number)) bucket++;
    return bucket;
  }
}

function rangeOf(value: number): number {
  double[0] = value;
  return (halves[highHalf] as number) >>> guessShift;
}
