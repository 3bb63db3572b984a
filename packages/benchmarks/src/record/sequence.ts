import { makeRandom, shuffle } from '../measure/shuffle.ts';
import type { Tally } from './recorder.ts';

/** How many calls a sequence goes before it repeats: a power of two. */
const length = 16_384;

/** Values are whole numbers that fit a byte, or doubles. */
type Values = Uint8Array | Float64Array;

/**
 * Sequence is what is recorded, call by call: which series, and which value. Nothing in it can be folded away. Typed
 * arrays, since it takes V8 the least to read one: of the time of a call, as little as possible is to be the sequence's.
 */
export class Sequence {
  /** The last index: `call & mask` is a call's place in the sequence. */
  readonly mask: number = length - 1;
  readonly values: Values;
  /** The index of each call's series. */
  readonly order: Uint16Array;

  private constructor(values: Values, series: number) {
    const random = makeRandom(7);
    this.values = values;
    this.order = Uint16Array.from(
      shuffle(
        Array.from({ length }, (_, i) => i % series),
        random,
      ),
    );
  }

  /** Whole numbers from 1 to 3: what a counter adds. */
  static ofAmounts(series: number): Sequence {
    const random = makeRandom(2);
    return new Sequence(
      Uint8Array.from({ length }, () => 1 + (random() % 3)),
      series,
    );
  }

  /** Milliseconds as services have them, from 0.25 to 8,000 with a long tail: quarters, so that sums are exact. */
  static ofLatencies(series: number): Sequence {
    const random = makeRandom(3);
    return new Sequence(
      Float64Array.from({ length }, () => 0.25 + Math.floor(4 * 8000 ** (random() / 2 ** 32)) / 4),
      series,
    );
  }

  /** The sum of the values of so many calls. */
  sumAfter(calls: number): number {
    return Math.floor(calls / length) * sumOf(this.values) + sumOf(this.values.slice(0, calls % length));
  }

  /** What a histogram reports after so many calls. */
  tallyAfter(calls: number): Tally {
    return [calls, this.sumAfter(calls)];
  }
}

function sumOf(values: Values): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
