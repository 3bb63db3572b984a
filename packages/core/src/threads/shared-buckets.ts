import type { ExplicitBounds } from '../state/explicit-bounds.ts';
import { RowCopies, type RowPlace } from './row-copies.ts';
import { momentsLayout } from './row-layout.ts';

/** SharedBuckets is what a worker recorded in one series with explicit buckets and the owner has not taken yet. */
export class SharedBuckets {
  readonly #copies: RowCopies;
  readonly #bounds: ExplicitBounds;
  /** The place in a copy of the bucket that was counted last: all in which the spare copy's counts lag behind. */
  #lastBucket: number = momentsLayout.buckets;

  constructor(place: RowPlace, bounds: ExplicitBounds) {
    this.#copies = new RowCopies(place);
    this.#bounds = bounds;
  }

  /** Does the usual case. False, and nothing done, for a value that is not finite, or when the owner has taken what there was. */
  tryRecord(value: number): boolean {
    // The difference is NaN for what is no finite number.
    if (typeof value !== 'number' || value - value !== 0) return false;
    const copies = this.#copies;
    const bucket = momentsLayout.buckets + this.#bounds.find(value);
    const { values, publishedAt, spareAt } = copies;
    const last = this.#lastBucket;
    values[spareAt + last] = values[publishedAt + last] as number;
    values[spareAt + bucket] = (values[publishedAt + bucket] as number) + 1;
    values[spareAt] = (values[publishedAt] as number) + value;
    const min = values[publishedAt + momentsLayout.min] as number;
    values[spareAt + momentsLayout.min] = value < min ? value : min;
    const max = values[publishedAt + momentsLayout.max] as number;
    values[spareAt + momentsLayout.max] = value > max ? value : max;
    if (!copies.publish()) return false;
    this.#lastBucket = bucket;
    return true;
  }

  /** record publishes a finite value. False, and nothing done, when the row was closed. */
  record(value: number): boolean {
    return this.tryRecord(value) || this.#recordAnew(value, momentsLayout.buckets + this.#bounds.find(value));
  }

  close(): void {
    this.#copies.close();
  }

  /** Begins at nothing, after the owner has taken what there was. */
  #recordAnew(value: number, bucket: number): boolean {
    const copies = this.#copies;
    for (;;) {
      const state = copies.state();
      if (state === undefined) return false;
      const { values, spareAt, width } = copies;
      values.fill(0, spareAt, spareAt + width);
      values[spareAt + momentsLayout.sum] = value;
      values[spareAt + momentsLayout.min] = value;
      values[spareAt + momentsLayout.max] = value;
      values[spareAt + bucket] = 1;
      if (!copies.publishAfter(state)) continue;
      // From here on the copies differ in one bucket at the most.
      values.copyWithin(copies.spareAt, copies.publishedAt, copies.publishedAt + width);
      this.#lastBucket = bucket;
      return true;
    }
  }
}
