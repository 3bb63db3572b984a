import { bucketIndex } from '../exponential/bucket-index.ts';
import { type BucketRange, ExponentialBuckets } from '../exponential/exponential-buckets.ts';
import { RowCopies, type RowPlace } from './row-copies.ts';
import { exponentialLayout as layout } from './row-layout.ts';

/** SharedExponential is what a worker recorded in one series with exponential buckets and the owner has not taken yet. */
export class SharedExponential {
  readonly #copies: RowCopies;
  #buckets = new ExponentialBuckets(0);
  #sum = 0;
  #min = Infinity;
  #max = -Infinity;
  /** The place in a copy of the count that changed last: all in which the spare copy's counts lag behind. */
  #lastCount: number = layout.zeroCount;
  /** How many of the next writes have to be whole, since counts lie elsewhere than they do in the spare copy. */
  #wholeWrites = 2;

  constructor(place: RowPlace) {
    this.#copies = new RowCopies(place);
  }

  /** Does what `record` does, unless the value is not finite: then false, and nothing done. */
  tryRecord(value: number): boolean {
    return Number.isFinite(value) && this.record(value);
  }

  /** record publishes a finite value. False, and nothing done, when the row was closed. */
  record(value: number): boolean {
    const copies = this.#copies;
    for (;;) {
      const state = copies.state();
      if (state === undefined) return false;
      if (copies.isTaken(state)) this.#beginAnew();
      // Where it can't be published, what it was added to has been taken, and is let go of.
      this.#record(value);
      if (copies.publishAfter(state)) return true;
    }
  }

  close(): void {
    this.#copies.close();
  }

  #beginAnew(): void {
    this.#buckets = new ExponentialBuckets(0);
    this.#sum = 0;
    this.#min = Infinity;
    this.#max = -Infinity;
    this.#wholeWrites = 2;
  }

  /** Adds the value to the buckets and brings the spare copy up to date. */
  #record(value: number): void {
    const buckets = this.#buckets;
    const range = value < 0 ? buckets.negative : buckets.positive;
    const { scale } = buckets;
    const { offset, length } = range;
    buckets.record(value);
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    if (scale !== buckets.scale || offset !== range.offset || length !== range.length) this.#wholeWrites = 2;
    const { values, spareAt, publishedAt } = this.#copies;
    values[spareAt + layout.sum] = this.#sum;
    values[spareAt + layout.min] = this.#min;
    values[spareAt + layout.max] = this.#max;
    const counted = this.#placeOf(value);
    if (this.#wholeWrites > 0) {
      this.#wholeWrites -= 1;
      writeBuckets(buckets, values, spareAt);
    } else {
      const last = this.#lastCount;
      values[spareAt + last] = values[publishedAt + last] as number;
      values[spareAt + counted] = (values[publishedAt + counted] as number) + 1;
    }
    this.#lastCount = counted;
  }

  /** Where in a copy a value that was recorded is counted. */
  #placeOf(value: number): number {
    if (value === 0) return layout.zeroCount;
    const { scale, positive, negative } = this.#buckets;
    const index = bucketIndex(Math.abs(value), scale);
    return value > 0 ? layout.positive + index - positive.offset : layout.negative + index - negative.offset;
  }
}

function writeBuckets(buckets: ExponentialBuckets, values: Float64Array, at: number): void {
  const { scale, zeroCount, positive, negative } = buckets;
  values[at + layout.scale] = scale;
  values[at + layout.zeroCount] = zeroCount;
  values[at + layout.positiveOffset] = positive.offset;
  values[at + layout.positiveLength] = positive.length;
  values[at + layout.negativeOffset] = negative.offset;
  values[at + layout.negativeLength] = negative.length;
  values.set(positive.counts, at + layout.positive);
  if (negative.length > 0) values.set(negative.counts, at + layout.negative);
}

/** readBuckets gives the buckets that a copy of a row holds. */
export function readBuckets(values: Float64Array, at: number): ExponentialBuckets {
  const buckets = new ExponentialBuckets(0);
  buckets.scale = values[at + layout.scale] as number;
  buckets.zeroCount = values[at + layout.zeroCount] as number;
  readRange(buckets.positive, {
    offset: values[at + layout.positiveOffset] as number,
    counts: values.subarray(
      at + layout.positive,
      at + layout.positive + (values[at + layout.positiveLength] as number),
    ),
  });
  readRange(buckets.negative, {
    offset: values[at + layout.negativeOffset] as number,
    counts: values.subarray(
      at + layout.negative,
      at + layout.negative + (values[at + layout.negativeLength] as number),
    ),
  });
  return buckets;
}

function readRange(
  range: BucketRange,
  from: { readonly offset: number; readonly counts: Float64Array },
): void {
  if (from.counts.length === 0) return;
  range.extendTo(from.offset, from.offset + from.counts.length - 1);
  for (const [i, count] of from.counts.entries()) range.add(from.offset + i, count);
}
