import type { PointRange } from '../exporter.ts';
import type { ExponentialBuckets } from '../exponential/exponential-buckets.ts';
import type { MetricState } from '../state/metric-state.ts';
import { CountRows } from '../state/count-rows.ts';

/** Rows are a copy of a metric's numbers that nothing changes any more: what a snapshot shows and a reader compares with. */
export class Rows {
  readonly length: number;
  /** How many numbers a row has in `values`. */
  readonly width: number;
  readonly values: Float64Array;
  /** For sums beyond 2^53 − 1: by row, what is to be added to the number. */
  readonly wideBases: ReadonlyMap<number, bigint>;
  /** For exponential histograms: the buckets by row. */
  readonly buckets: readonly ExponentialBuckets[] | undefined;
  /** For explicit buckets: their counts. */
  readonly counts: CountRows | undefined;

  constructor(fields: {
    readonly length: number;
    readonly width: number;
    readonly values: Float64Array;
    readonly wideBases: ReadonlyMap<number, bigint>;
    readonly buckets: readonly ExponentialBuckets[] | undefined;
    readonly counts: CountRows | undefined;
  }) {
    this.length = fields.length;
    this.width = fields.width;
    this.values = fields.values;
    this.wideBases = fields.wideBases;
    this.buckets = fields.buckets;
    this.counts = fields.counts;
  }

  /** The rows of a metric as they are now. */
  static of(metric: MetricState): Rows {
    return new Rows({
      length: metric.slab.rows,
      width: metric.slab.width,
      values: metric.shareValues(),
      wideBases: metric.wideBases.size === 0 ? none : new Map(metric.wideBases),
      buckets: metric.shareBuckets(),
      counts: metric.counts?.copy(),
    });
  }

  /** withRanges gives older rows with those of some ranges taken from newer ones, in what later rows are compared with. */
  static withRanges(older: Rows | undefined, newer: Rows, ranges: readonly PointRange[]): Rows {
    const { length, width } = newer;
    if (newer.counts !== undefined) {
      return new Rows({
        ...countsOnly,
        length,
        counts: CountRows.withRanges(older?.counts, newer.counts, ranges),
      });
    }
    const values = new Float64Array(newer.values.length);
    if (older !== undefined) values.set(older.values);
    const wideBases = new Map(older?.wideBases);
    // A row that neither has stays a hole: it held nothing.
    const buckets = newer.buckets && (older?.buckets ?? []).slice();
    for (const { from, to } of ranges) {
      values.set(newer.values.subarray(from * width, to * width), from * width);
      for (let row = from; row < to; row++) wideBases.delete(row);
      for (const [row, base] of newer.wideBases) if (row >= from && row < to) wideBases.set(row, base);
      if (buckets === undefined) continue;
      for (let row = from; row < to; row++) buckets[row] = newer.buckets?.[row] as ExponentialBuckets;
    }
    return new Rows({ length, width, values, wideBases, buckets, counts: undefined });
  }

  /** toCompare gives the rows without what no later row is compared with: where there are counts, all but these. */
  toCompare(): Rows {
    const { length, counts } = this;
    return counts === undefined ? this : new Rows({ ...countsOnly, length, counts });
  }

  /** select gives some of the rows, in the order of their numbers; those that did not exist yet hold nothing. */
  select(rows: readonly number[]): Rows {
    const values = new Float64Array(rows.length * this.width);
    const wideBases = new Map<number, bigint>();
    for (const [newRow, row] of rows.entries()) {
      values.set(this.values.subarray(row * this.width, (row + 1) * this.width), newRow * this.width);
      const base = this.wideBases.get(row);
      if (base !== undefined) wideBases.set(newRow, base);
    }
    const buckets = this.buckets && rows.map((row) => this.buckets?.[row] as ExponentialBuckets);
    const counts = this.counts?.select(rows);
    return new Rows({ length: rows.length, width: this.width, values, wideBases, buckets, counts });
  }

  /** withValues gives the same rows with other numbers. */
  withValues(values: Float64Array, wideBases: ReadonlyMap<number, bigint> = this.wideBases): Rows {
    const { length, width, buckets, counts } = this;
    return new Rows({ length, width, values, wideBases, buckets, counts });
  }

  /** The number at a place of a row; 0 for a row that did not exist yet. */
  number(row: number, place: number): number {
    return this.values[row * this.width + place] ?? 0;
  }

  /** A sum: a number while it is a safe integer, a bigint beyond. */
  total(row: number): number | bigint {
    const value = this.number(row, 0);
    const base = this.wideBases.size === 0 ? undefined : this.wideBases.get(row);
    return base === undefined ? value : base + BigInt(value);
  }
}

const none: ReadonlyMap<number, bigint> = new Map();
const countsOnly = { width: 0, values: new Float64Array(0), wideBases: none, buckets: undefined } as const;
