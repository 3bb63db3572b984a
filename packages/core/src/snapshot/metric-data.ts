import type { CopiedAttributes } from '../record/copy-attributes.ts';
import type { MetricState } from '../state/metric-state.ts';
import type { SeriesTable } from '../state/series-table.ts';
import { BucketTable } from './bucket-point.ts';
import { ExponentialTable } from './exponential-point.ts';
import { LastValueTable } from './last-value-point.ts';
import type { Point } from './point.ts';
import type { Rows } from './rows.ts';
import type { WindowStarts } from './window-starts.ts';
import { TotalTable } from './total-point.ts';

/** Restart is where a running total was begun anew, because it would not have fitted the wire. */
export interface Restart {
  readonly startTimeUnixNano: bigint;
  /** What the sum was then: the total counts from here. */
  readonly base: bigint;
}

/** MetricData is the part of a snapshot that one metric makes up. */
export class MetricData {
  readonly metric: MetricState;
  /** The series of each row. Longer than `rows` when series were added since. */
  readonly table: SeriesTable;
  readonly rows: Rows;
  /** The rows as last settled: what is new is the difference to them. */
  readonly settled: Rows | undefined;
  /** For histograms: rows whose moments of the window are undelivered too. */
  readonly carried: Rows | undefined;
  /** Where the window of each row began. */
  readonly windowStarts: WindowStarts;
  /** The running totals that were begun anew, by series id. */
  readonly restarts: ReadonlyMap<number, Restart>;

  #points: TotalTable | LastValueTable | BucketTable | ExponentialTable | undefined = undefined;

  constructor(fields: {
    readonly metric: MetricState;
    readonly rows: Rows;
    readonly settled: Rows | undefined;
    readonly carried: Rows | undefined;
    readonly windowStarts: WindowStarts;
    readonly restarts: ReadonlyMap<number, Restart>;
  }) {
    this.metric = fields.metric;
    this.table = fields.metric.table;
    this.rows = fields.rows;
    this.settled = fields.settled;
    this.carried = fields.carried;
    this.windowStarts = fields.windowStarts;
    this.restarts = fields.restarts;
  }

  /** The rows as points, read by row. */
  get points(): TotalTable | LastValueTable | BucketTable | ExponentialTable {
    return (this.#points ??= this.#makePoints());
  }

  /** The point of a row from 0 to rows.length − 1. */
  point(row: number): Point {
    return this.points.point(row);
  }

  /** The row of the series with these attributes, if it is in the snapshot. */
  findRow(attributes: CopiedAttributes): number | undefined {
    const row = this.table.index.findCopy(attributes);
    return row >= 0 && row < this.rows.length ? row : undefined;
  }

  /** select gives the same of some of the rows, apart from their series. */
  select(rows: readonly number[]): MetricData {
    return new MetricData({
      metric: this.metric,
      rows: this.rows.select(rows),
      settled: this.settled?.select(rows),
      carried: this.carried?.select(rows),
      windowStarts: this.windowStarts.select(rows),
      restarts: this.restarts,
    });
  }

  #makePoints(): TotalTable | LastValueTable | BucketTable | ExponentialTable {
    switch (this.metric.aggregation) {
      case 'sum':
        return new TotalTable(this);
      case 'gauge':
        return new LastValueTable(this);
      case 'histogram':
        return new BucketTable(this);
      case 'exponential-histogram':
        return new ExponentialTable(this);
    }
  }
}
