import {
  type BucketFinder,
  bucketFinder,
  bucketIndex,
  largestScale,
  smallestNormal,
} from './bucket-index.ts';

/** The most buckets for values above 0, and for those below. Source: metrics SDK specification, "MaxSize". */
const mostBuckets = 160;

/**
 * ExponentialBuckets counts values in the buckets of a base-2 exponential histogram: as finely as the scale of at
 * most 20 allows that still holds all values in 160 buckets a sign.
 *
 * Source: OpenTelemetry metrics data model, "ExponentialHistogram".
 */
export class ExponentialBuckets {
  /** The state of the metric's snapshots in which this was made. What a later snapshot holds is not changed any more. */
  readonly epoch: number;
  scale: number;
  zeroCount: number;
  readonly positive: BucketRange;
  readonly negative: BucketRange;

  constructor(epoch: number, from?: ExponentialBuckets) {
    this.epoch = epoch;
    this.scale = from?.scale ?? largestScale;
    this.zeroCount = from?.zeroCount ?? 0;
    this.positive = new BucketRange(from?.positive);
    this.negative = new BucketRange(from?.negative);
  }

  /** record counts a finite value. */
  record(value: number): void {
    if (value === 0) {
      this.zeroCount += 1;
      return;
    }
    const range = value > 0 ? this.positive : this.negative;
    const magnitude = Math.abs(value);
    this.#makeRoom(range, magnitude);
    range.increment(bucketIndex(magnitude, this.scale));
  }

  /**
   * recordAll counts the first `count` of some finite values: the same as one after another. `min` and `max` are those
   * of the values.
   */
  // Parameters without names: called for every batch of records.
  recordAll(values: readonly number[], count: number, min: number, max: number): void {
    if (min >= smallestNormal) {
      this.#makeRoom(this.positive, min);
      this.#makeRoom(this.positive, max);
    }
    const finder = bucketFinder(this.scale);
    if (min >= smallestNormal && finder.hasTable) this.positive.incrementAll(values, count, finder);
    else for (let i = 0; i < count; i++) this.record(values[i] as number);
  }

  /** downscale halves the resolution until the scale is that, merging buckets. */
  downscale(scale: number): void {
    const by = this.scale - scale;
    this.scale = scale;
    this.positive.downscale(by);
    this.negative.downscale(by);
  }

  /** subtract takes away counts that are part of these, at this or a larger scale. */
  subtract(part: ExponentialBuckets): void {
    this.zeroCount -= part.zeroCount;
    this.positive.subtract(part.positive, part.scale - this.scale);
    this.negative.subtract(part.negative, part.scale - this.scale);
  }

  /** Has the range hold the bucket of a magnitude, at a smaller scale if need be. */
  #makeRoom(range: BucketRange, magnitude: number): void {
    const index = bucketIndex(magnitude, this.scale);
    if (range.holds(index)) return;
    let low = Math.min(range.offset, index);
    let high = Math.max(range.offset + range.length - 1, index);
    if (range.length === 0) low = high = index;
    let by = 0;
    for (; high - low >= mostBuckets; by++) {
      low >>= 1;
      high >>= 1;
    }
    if (by > 0) this.downscale(this.scale - by);
    range.extendTo(low, high);
  }
}

/** BucketRange is the counts of adjoining buckets, for the values of one sign. */
export class BucketRange {
  /** The index of the first bucket. */
  offset: number;
  /** How many buckets there are. */
  length: number;
  /** The counts, and room for more behind them. */
  #counts: number[];

  constructor(from?: BucketRange) {
    this.offset = from?.offset ?? 0;
    this.length = from?.length ?? 0;
    this.#counts = from === undefined ? noCounts : from.#counts.slice();
  }

  /** The counts, from the first bucket on. */
  get counts(): readonly number[] {
    return this.#counts.slice(0, this.length);
  }

  /** Whether there is a bucket of that index. */
  holds(index: number): boolean {
    return index >= this.offset && index < this.offset + this.length;
  }

  /** Counts one more in a bucket that there is. */
  increment(index: number): void {
    const place = index - this.offset;
    this.#counts[place] = (this.#counts[place] as number) + 1;
  }

  /** Counts so many more in a bucket that there is. */
  add(index: number, count: number): void {
    const place = index - this.offset;
    this.#counts[place] = (this.#counts[place] as number) + count;
  }

  /** Counts the first `count` of some values at least as large as the smallest that is no subnormal; there are buckets for all of them. */
  incrementAll(values: readonly number[], count: number, finder: BucketFinder): void {
    finder.countAll(values, count, this.#counts, this.offset);
  }

  /** extendTo makes the buckets from index `low` to `high` (inclusive) those of the range; it holds all that are there. */
  extendTo(low: number, high: number): void {
    const length = high - low + 1;
    const shift = this.length === 0 ? 0 : this.offset - low;
    if (shift > 0 || length > this.#counts.length) {
      const capacity = Math.min(mostBuckets, Math.max(length, 2 * this.#counts.length, 8));
      const counts = zeros(capacity);
      for (let i = 0; i < this.length; i++) counts[shift + i] = this.#counts[i] as number;
      this.#counts = counts;
    }
    this.offset = low;
    this.length = length;
  }

  downscale(by: number): void {
    if (this.length === 0 || by === 0) return;
    const offset = this.offset >> by;
    const length = ((this.offset + this.length - 1) >> by) - offset + 1;
    const counts = zeros(this.#counts.length);
    for (let i = 0; i < this.length; i++) {
      const place = ((this.offset + i) >> by) - offset;
      counts[place] = (counts[place] as number) + (this.#counts[i] as number);
    }
    this.#counts = counts;
    this.offset = offset;
    this.length = length;
  }

  /** Takes away the counts of a range that is finer by `by` scales. */
  subtract(part: BucketRange, by: number): void {
    for (let i = 0; i < part.length; i++) {
      const place = ((part.offset + i) >> by) - this.offset;
      const count = part.#counts[i] as number;
      if (count > 0) this.#counts[place] = (this.#counts[place] as number) - count;
    }
  }
}

const noCounts: number[] = [];

/** V8 keeps them as whole numbers of 31 bits, or as doubles once one is larger. */
function zeros(length: number): number[] {
  return Array.from({ length }, () => 0);
}
