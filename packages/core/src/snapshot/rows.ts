import type { MetricState } from '../state/metric-state.ts';

/** Rows are a copy of a metric's slab that nothing changes any more: what a snapshot shows and a reader compares with. */
export class Rows {
  readonly length: number;
  readonly width: number;
  readonly values: Float64Array;
  /** For counters beyond 2^53 − 1: by row, what is to be added to the number. */
  readonly wideBases: ReadonlyMap<number, bigint>;

  constructor(fields: {
    readonly width: number;
    readonly values: Float64Array;
    readonly wideBases: ReadonlyMap<number, bigint>;
  }) {
    this.length = fields.values.length / fields.width;
    this.width = fields.width;
    this.values = fields.values;
    this.wideBases = fields.wideBases;
  }

  static copyOf(metric: MetricState): Rows {
    return new Rows({
      width: metric.slab.width,
      values: metric.slab.copy(),
      wideBases: metric.wideBases.size === 0 ? none : new Map(metric.wideBases),
    });
  }

  /** withRange gives these rows with those from `from` to `to` (exclusive) taken from newer ones. */
  static withRange(
    older: Rows | undefined,
    newer: Rows,
    range: { readonly from: number; readonly to: number },
  ): Rows {
    const { from, to } = range;
    if (from === 0 && to === newer.length) return newer;
    const values = new Float64Array(newer.values.length);
    if (older !== undefined) values.set(older.values);
    values.set(newer.values.subarray(from * newer.width, to * newer.width), from * newer.width);
    const wideBases = new Map(older?.wideBases);
    for (const [row, base] of newer.wideBases) if (row >= from && row < to) wideBases.set(row, base);
    return new Rows({ width: newer.width, values, wideBases });
  }

  /** The number at a place of a row; 0 for a row that did not exist yet. */
  number(row: number, place: number): number {
    return this.values[row * this.width + place] ?? 0;
  }

  /** A counter's total: a number while it is a safe integer, a bigint beyond. */
  total(row: number): number | bigint {
    const value = this.number(row, 0);
    const base = this.wideBases.size === 0 ? undefined : this.wideBases.get(row);
    return base === undefined ? value : base + BigInt(value);
  }
}

const none: ReadonlyMap<number, bigint> = new Map();
