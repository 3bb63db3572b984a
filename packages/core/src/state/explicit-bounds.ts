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
  /** By range of values above 0, up to that of the largest bound: the first bound that can be the value's. */
  readonly #firstBound: Uint8Array | Uint16Array;
  readonly #largestBound: number;

  /** Upper-inclusive bounds, finite and strictly increasing; at most 65,534. */
  constructor(bounds: readonly number[]) {
    this.#bounds = Float64Array.of(...bounds, Infinity);
    this.#largestBound = bounds.at(-1) ?? -Infinity;
    const ranges = this.#largestBound > 0 ? rangeOf(this.#largestBound) + 1 : 0;
    // Small enough to stay near the processor, whenever bounds are not very many.
    this.#firstBound = bounds.length < 256 ? new Uint8Array(ranges) : new Uint16Array(ranges);
    let bound = bounds.findIndex((each) => each > 0);
    for (let range = 0; range < ranges; range++) {
      while (rangeOf(bounds[bound] as number) < range) bound++;
      this.#firstBound[range] = bound;
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
      bucket = this.#firstBound[(halves[highHalf] as number) >>> guessShift] as number;
    }
    while (value > (bounds[bucket] as number)) bucket++;
    return bucket;
  }
}

function rangeOf(value: number): number {
  double[0] = value;
  return (halves[highHalf] as number) >>> guessShift;
}
