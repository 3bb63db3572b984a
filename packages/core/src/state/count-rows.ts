/** CountRows is a copy of the counts of a histogram's explicit buckets that nothing changes any more. */
export class CountRows {
  /** How many buckets a row has. */
  readonly width: number;
  /** The lowest 32 bits of each count. */
  readonly values: Uint32Array;
  /** For counts beyond 2^32 − 1: by place (row × width + bucket), the multiple of 2^32 that is to be added. */
  readonly carries: ReadonlyMap<number, number>;
  #withCarries: Float64Array | undefined = undefined;

  constructor(width: number, values: Uint32Array, carries: ReadonlyMap<number, number>) {
    this.width = width;
    this.values = values;
    this.carries = carries;
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

  /** withRange gives older rows with those from `from` to `to` (exclusive) taken from newer ones. */
  static withRange(
    older: CountRows | undefined,
    newer: CountRows,
    range: { readonly from: number; readonly to: number },
  ): CountRows {
    const { width } = newer;
    const from = range.from * width;
    const to = range.to * width;
    const values = new Uint32Array(newer.values.length);
    if (older !== undefined) values.set(older.values);
    values.set(newer.values.subarray(from, to), from);
    // Counts only grow: where older rows have a carry, newer ones do.
    const carries = new Map(older?.carries);
    for (const [place, carry] of newer.carries) if (place >= from && place < to) carries.set(place, carry);
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

  /** Pieces of numbers whose sum is that of all counts. */
  *pieces(): Generator<Uint32Array | number> {
    yield this.values;
    yield* this.carries.values();
  }
}
