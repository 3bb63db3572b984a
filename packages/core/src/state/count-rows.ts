import type { PointRange } from '../exporter.ts';
import { sumCounts } from './sum-counts.ts';

/** CountRows is a copy of the counts of a histogram's explicit buckets that nothing changes any more. */
export class CountRows {
  /** How many buckets a row has. */
  readonly width: number;
  /** The lowest 32 bits of each count. */
  readonly values: Uint32Array;
  /** For counts beyond 2^32 − 1: by place (row × width + bucket), the multiple of 2^32 that is to be added. */
  readonly carries: ReadonlyMap<number, number>;
  #withCarries: Float64Array | undefined = undefined;

  /** The sum of all counts, once it is known. */
  #sum: bigint | undefined;

  // More parameters than usual, as they are all it has.
  constructor(width: number, values: Uint32Array, carries: ReadonlyMap<number, number>, sum?: bigint) {
    this.width = width;
    this.values = values;
    this.carries = carries;
    this.#sum = sum;
  }

  /** The counts as they are, by place: `values`, or else doubles, made when they are first asked for. */
  get exact(): Uint32Array | Float64Array {
    return this.carries.size === 0 ? this.values : (this.#withCarries ??= this.#addCarries());
  }

  /** How many values a bucket holds; 0 in a row that did not exist yet. */
  count(row: number, bucket: number): number {
    const place = row * this.width + bucket;
    const low = this.values[place] ?? 0;
    return this.carries.size === 0 ? low : low + (this.carries.get(place) ?? 0);
  }

  /** withRanges gives older rows with those of some ranges taken from newer ones. */
  static withRanges(
    older: CountRows | undefined,
    newer: CountRows,
    ranges: readonly PointRange[],
  ): CountRows {
    const { width } = newer;
    const values = new Uint32Array(newer.values.length);
    if (older !== undefined) values.set(older.values);
    // Counts only grow: where older rows have a carry, newer ones do.
    const carries = new Map(older?.carries);
    for (const range of ranges) {
      const from = range.from * width;
      const to = range.to * width;
      values.set(newer.values.subarray(from, to), from);
      for (const [place, carry] of newer.carries) if (place >= from && place < to) carries.set(place, carry);
    }
    return new CountRows(width, values, carries);
  }

  /** select gives some of the rows, in the order of their numbers; those that did not exist yet hold nothing. */
  select(rows: readonly number[]): CountRows {
    const { width } = this;
    const values = new Uint32Array(rows.length * width);
    const carries = new Map<number, number>();
    for (const [newRow, row] of rows.entries()) {
      values.set(this.values.subarray(row * width, (row + 1) * width), newRow * width);
      if (this.carries.size === 0) continue;
      for (let bucket = 0; bucket < width; bucket++) {
        const carry = this.carries.get(row * width + bucket);
        if (carry !== undefined) carries.set(newRow * width + bucket, carry);
      }
    }
    return new CountRows(width, values, carries);
  }

  /** Whether a row holds the same in both. */
  isSameRow(row: number, other: CountRows): boolean {
    for (let bucket = 0; bucket < this.width; bucket++) {
      if (this.count(row, bucket) !== other.count(row, bucket)) return false;
    }
    return true;
  }

  #addCarries(): Float64Array {
    const exact = Float64Array.from(this.values);
    for (const [place, carry] of this.carries) exact[place] = (exact[place] as number) + carry;
    return exact;
  }

  /** The sum of all counts, or of those of some rows. */
  sum(range?: PointRange): bigint {
    const { width } = this;
    const rows = this.values.length / width;
    if (range !== undefined && (range.from > 0 || range.to < rows)) return this.#sumOf(range);
    return (this.#sum ??= this.#sumOf({ from: 0, to: rows }));
  }

  #sumOf({ from, to }: PointRange): bigint {
    const { width } = this;
    let sum = sumOfCounts(this.values.subarray(from * width, to * width));
    for (const [place, carry] of this.carries) {
      if (place >= from * width && place < to * width) sum += BigInt(carry);
    }
    return sum;
  }
}

/** Of so many numbers of 32 bits the sum is a safe integer. */
const summedAtOnce = 2 ** 21;

function sumOfCounts(counts: Uint32Array): bigint {
  let sum = 0n;
  for (let from = 0; from < counts.length; from += summedAtOnce) {
    sum += BigInt(sumCounts(counts, from, Math.min(from + summedAtOnce, counts.length)));
  }
  return sum;
}
