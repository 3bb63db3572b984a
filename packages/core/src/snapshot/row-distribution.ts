import { sumCounts } from '../state/sum-counts.ts';
import type { BucketCounts, Distribution } from './point.ts';

/** Counts are the counts of explicit buckets, those of one row after the other. */
type Counts = Uint32Array | Float64Array;

/** RowNumbers is where the distributions of a table find their numbers: all of them, or what is new. */
export interface RowNumbers {
  /** The moments of the open window: sum, min and max are the first of the `width` numbers that a row has. */
  readonly moments: Float64Array;
  readonly width: number;
  /** The moments that belong to it, too: of the first rows at least, `earlierAt` places from those of the open window. */
  readonly earlier: Float64Array;
  /** How many of these numbers count. */
  readonly earlierLength: number;
  readonly earlierAt: number;
  readonly counts: Counts;
  /** How many buckets a row has. */
  readonly buckets: number;
  /** The counts to take away: of the first rows at least. */
  readonly before: Counts;
  /** How many of these numbers count. */
  readonly beforeLength: number;
}

/**
 * RowDistribution reads a row of explicit buckets. Nothing is copied, and nothing is worked out before it is asked for.
 * It knows little itself, and all that is short: so V8 need not make it where it is read at once.
 */
export class RowDistribution implements Distribution, BucketCounts {
  readonly #numbers: RowNumbers;
  #row: number;

  constructor(numbers: RowNumbers, row: number) {
    this.#numbers = numbers;
    this.#row = row;
  }

  /** turnTo reads another row from now on. */
  turnTo(row: number): this {
    this.#row = row;
    return this;
  }

  get count(): number {
    return countIn(this.#numbers, this.#row);
  }

  get sum(): number {
    const numbers = this.#numbers;
    const place = this.#row * numbers.width;
    const sum = numbers.moments[place] as number;
    return place < numbers.earlierLength ? sum + (numbers.earlier[place + numbers.earlierAt] as number) : sum;
  }

  get min(): number | undefined {
    const numbers = this.#numbers;
    const place = this.#row * numbers.width + 1;
    let min = numbers.moments[place] as number;
    if (place < numbers.earlierLength)
      min = Math.min(min, numbers.earlier[place + numbers.earlierAt] as number);
    // Without a value the smallest is above all numbers.
    return min === Infinity ? undefined : min;
  }

  get max(): number | undefined {
    const numbers = this.#numbers;
    const place = this.#row * numbers.width + 2;
    let max = numbers.moments[place] as number;
    if (place < numbers.earlierLength)
      max = Math.max(max, numbers.earlier[place + numbers.earlierAt] as number);
    return max === -Infinity ? undefined : max;
  }

  get bucketCounts(): BucketCounts {
    return this;
  }

  get length(): number {
    return this.#numbers.buckets;
  }

  at(index: number): number {
    const numbers = this.#numbers;
    const place = this.#row * numbers.buckets + index;
    const count = numbers.counts[place] as number;
    return place < numbers.beforeLength ? count - (numbers.before[place] as number) : count;
  }

  [Symbol.iterator](): Iterator<number, undefined> {
    const { length } = this;
    let index = 0;
    return {
      // Written out, since V8 is much slower with a generator; and one place for all results, so that it need not make them.
      next: (): IteratorResult<number, undefined> => {
        const done = index >= length;
        return { done, value: done ? undefined : this.at(index++) } as IteratorResult<number, undefined>;
      },
    };
  }

  toJSON(): object {
    const { count, sum, min, max } = this;
    return { count, sum, min, max, bucketCounts: [...this] };
  }
}

/** countIn gives how many values a row holds in all its buckets. */
export function countIn({ counts, buckets, before, beforeLength }: RowNumbers, row: number): number {
  const from = row * buckets;
  const count = sumCounts(counts, from, from + buckets);
  return from < beforeLength ? count - sumCounts(before, from, from + buckets) : count;
}
