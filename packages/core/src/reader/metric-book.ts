import type { MetricData } from '../snapshot/metric-data.ts';
import { Rows } from '../snapshot/rows.ts';
import { histogramRow } from '../state/histogram-row.ts';

/**
 * MetricBook is how far a reader has got with one metric, for an exporter of running totals: what the next total
 * supersedes needs no queue, so three sets of rows say it all.
 */
export class MetricBook {
  /** Up to here nothing is pending any more. */
  settled: Rows | undefined = undefined;
  /** Up to here everything is known to be with the collector. */
  accepted: Rows | undefined = undefined;
  /** The rows of the last export as long as it is undelivered: their window's moments go on in the next one. */
  carried: Rows | undefined = undefined;

  /** carry keeps the moments of the windows that were closed for an export, until it is settled. */
  carry(data: MetricData): void {
    this.carried = data.rows;
  }

  /** accept: the collector has these rows, and with the running totals all that was ever unclear before. */
  accept(data: MetricData, range: RowRange): void {
    this.accepted = Rows.withRange(this.accepted, data.rows, range);
    this.#settle(data, range);
  }

  /** takePartly: the collector has some of these rows, and nobody knows which. */
  takePartly(data: MetricData, range: RowRange): void {
    this.#settle(data, range);
  }

  #settle(data: MetricData, range: RowRange): void {
    this.settled = Rows.withRange(this.settled, data.rows, range);
    if (range.from === 0 && range.to === data.rows.length) this.carried = undefined;
    else if (this.carried !== undefined) this.carried = withoutMoments(this.carried, range);
  }
}

/** RowRange is the rows from `from` to `to` (exclusive). */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

function withoutMoments(rows: Rows, range: RowRange): Rows {
  const values = rows.values.slice();
  for (let row = range.from; row < range.to; row++) {
    values[row * rows.width + histogramRow.windowSum] = 0;
    values[row * rows.width + histogramRow.windowMin] = Infinity;
    values[row * rows.width + histogramRow.windowMax] = -Infinity;
  }
  return new Rows({ width: rows.width, values, wideBases: rows.wideBases });
}
