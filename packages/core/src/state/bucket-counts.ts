import { CountRows } from './count-rows.ts';
import { Slab } from './slab.ts';

const carryUnit = 2 ** 32;

/** BucketCounts is the counts of a metric's explicit buckets, by row: 32 bits each, and beside them what is beyond. */
export class BucketCounts {
  readonly #slab: Slab<Uint32Array>;
  /** For counts beyond 2^32 − 1: by place (row × width + bucket), the multiple of 2^32 that is to be added. */
  readonly #carries = new Map<number, number>();
  /** The sum of all counts: the part that was last counted as a number, the rest as a bigint. */
  #sum = 0;
  #largeSum = 0n;
  /** Whether a copy has the first chunk, which is not to be written to then. */
  #isShared = false;

  constructor(width: number, slab: Slab<Uint32Array> = new Slab(new Uint32Array(width))) {
    this.#slab = slab;
  }

  addRow(): void {
    this.#slab.addRow();
  }

  /** add counts so many more values in a bucket. */
  add(row: number, bucket: number, count: number): void {
    if (this.#isShared) this.#detach();
    const counts = this.#slab.chunkOf(row);
    const place = this.#slab.offsetOf(row) + bucket;
    const next = (counts[place] as number) + count;
    counts[place] = next;
    this.#addToSum(count);
    if (next >= carryUnit) this.#carry(row, bucket, next);
  }

  /** Whether so many more values can be in any bucket of a row without a carry. */
  hasRoom(row: number, count: number): boolean {
    // As a rule all counts of the metric together are that small.
    if (this.#sum + count < carryUnit && this.#largeSum === 0n) return true;
    const counts = this.#slab.chunkOf(row);
    const offset = this.#slab.offsetOf(row);
    for (let bucket = 0; bucket < this.#slab.width; bucket++) {
      if ((counts[offset + bucket] as number) + count >= carryUnit) return false;
    }
    return true;
  }

  /**
   * The chunk that a row lies in, to count so many values in that there is room for: one after another without what
   * `add` does for each.
   */
  chunkToCount(row: number, count: number): Uint32Array {
    if (this.#isShared) this.#detach();
    this.#addToSum(count);
    return this.#slab.chunkOf(row);
  }

  /** Where a row begins in its chunk. */
  offsetOf(row: number): number {
    return this.#slab.offsetOf(row);
  }

  /** All rows as they are now. Copied when next something is counted, or at once where there are several chunks. */
  copy(): CountRows {
    const carries = this.#carries.size === 0 ? none : new Map(this.#carries);
    const { only } = this.#slab;
    this.#isShared ||= only !== undefined;
    return new CountRows(this.#slab.width, only ?? this.#slab.copy(), carries, this.sum());
  }

  /** Whether a row of a copy is what the row is now. */
  isSameRow(row: number, copy: CountRows): boolean {
    const { width } = this.#slab;
    const counts = this.#slab.chunkOf(row);
    const offset = this.#slab.offsetOf(row);
    for (let bucket = 0; bucket < width; bucket++) {
      const count = (counts[offset + bucket] as number) + (this.#carries.get(row * width + bucket) ?? 0);
      if (count !== copy.count(row, bucket)) return false;
    }
    return true;
  }

  /** The sum of all counts. */
  sum(): bigint {
    return this.#largeSum + BigInt(this.#sum);
  }

  /** The counts of some of the rows, in the order of `rows`. */
  select(rows: readonly number[]): BucketCounts {
    const { width } = this.#slab;
    const selected = new BucketCounts(width, this.#slab.select(rows));
    selected.#largeSum = this.copy().select(rows).sum();
    if (this.#carries.size === 0) return selected;
    for (const [newRow, row] of rows.entries()) {
      for (let bucket = 0; bucket < width; bucket++) {
        const carry = this.#carries.get(row * width + bucket);
        if (carry !== undefined) selected.#carries.set(newRow * width + bucket, carry);
      }
    }
    return selected;
  }

  #detach(): void {
    this.#slab.detach();
    this.#isShared = false;
  }

  #addToSum(count: number): void {
    const next = this.#sum + count;
    if (next <= Number.MAX_SAFE_INTEGER) {
      this.#sum = next;
      return;
    }
    this.#largeSum += BigInt(this.#sum);
    this.#sum = count;
  }

  /** Keeps what of a count does not fit its place, which has the rest: it stores numbers modulo 2^32. */
  #carry(row: number, bucket: number, count: number): void {
    const place = row * this.#slab.width + bucket;
    this.#carries.set(place, (this.#carries.get(place) ?? 0) + (count - (count % carryUnit)));
  }
}

const none: ReadonlyMap<number, number> = new Map();
