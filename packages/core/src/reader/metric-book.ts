import type { MetricData, Restart } from '../snapshot/metric-data.ts';
import { Rows } from '../snapshot/rows.ts';
import { isMonotonic } from '../state/aggregation.ts';
import type { Cell } from '../state/cell.ts';
import { addMoments, histogramRow } from '../state/histogram-row.ts';
import type { MetricState } from '../state/metric-state.ts';

/** OTLP's `asInt` is signed: no total that is sent may be larger. */
const largestOnWire = 2n ** 63n - 1n;
/** A delivered total beyond this is begun anew while nothing is open: long before it has to be. */
const restartBeyond = 2n ** 62n;

/** RowRange is the rows from `from` to `to` (exclusive). */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/**
 * MetricBook is how far a reader has got with one metric, for an exporter of running totals: what the next total
 * supersedes needs no queue, so three sets of rows say it all.
 */
export class MetricBook {
  /** Up to here nothing is pending any more. */
  settled: Rows | undefined = undefined;
  /** Up to here everything is known to be with the collector. */
  accepted: Rows | undefined = undefined;
  /** Rows with the moments of all windows that were closed for exports and are undelivered. */
  carried: Rows | undefined = undefined;
  /** The running totals that were begun anew. Replaced, not changed: snapshots hold on to it. */
  restarts: ReadonlyMap<Cell, Restart> = new Map();
  /** By row: how many delivered flushes in a row it did not change, counted while its metric is short of room. */
  idleFlushes: number[] = [];
  /** Whether the last rows to be sent left something for the next ones. */
  leftSomething = false;

  /** carry keeps the moments of the windows that were closed for an export, until it is settled. */
  carry({ rows }: MetricData): void {
    this.carried = this.carried === undefined ? rows : withMergedMoments(rows, this.carried);
  }

  /** accept: the collector has these rows, and with the running totals all that was ever unclear before. */
  accept(data: MetricData, range: RowRange, timeUnixNano: bigint): void {
    this.accepted = Rows.withRange(this.accepted, data.rows, range);
    this.#settle(data, range);
    if (data.rows.wideBases.size > 0 && isMonotonic(data.metric.kind)) {
      this.#restartLargeTotals(data, range, timeUnixNano);
    }
  }

  /** takePartly: the collector has some of these rows, and nobody knows which. */
  takePartly(data: MetricData, range: RowRange): void {
    this.#settle(data, range);
  }

  /** limitToWire gives rows whose counters are too large for the wire only what it can hold; the rest is for the next. */
  limitToWire(rows: Rows, metric: MetricState): Rows {
    this.leftSomething = false;
    if (rows.wideBases.size === 0 || !isMonotonic(metric.kind)) return rows;
    const values = rows.values.slice();
    const wideBases = new Map(rows.wideBases);
    for (const [row, base] of rows.wideBases) {
      const restartBase = this.restarts.get(metric.cells[row] as Cell)?.base ?? 0n;
      if (base + BigInt(rows.number(row, 0)) <= restartBase + largestOnWire) continue;
      this.leftSomething = true;
      wideBases.set(row, restartBase + largestOnWire);
      values[row] = 0;
    }
    return this.leftSomething ? rows.withValues(values, wideBases) : rows;
  }

  /** keepRows lets go of all other rows, as the metric does. */
  keepRows(rows: readonly number[], cells: readonly Cell[]): void {
    this.settled = this.settled?.select(rows);
    this.accepted = this.accepted?.select(rows);
    this.carried = this.carried?.select(rows);
    this.idleFlushes = rows.map((row) => this.idleFlushes[row] ?? 0);
    const kept = new Set(rows.map((row) => cells[row]));
    this.restarts = new Map([...this.restarts].filter(([cell]) => kept.has(cell)));
  }

  #settle(data: MetricData, range: RowRange): void {
    this.settled = Rows.withRange(this.settled, data.rows, range);
    if (range.from === 0 && range.to === data.rows.length) this.carried = undefined;
    else if (this.carried !== undefined) this.carried = withoutMoments(this.carried, range);
  }

  #restartLargeTotals(data: MetricData, range: RowRange, timeUnixNano: bigint): void {
    for (const row of data.rows.wideBases.keys()) {
      const cell = data.series(row);
      const total = BigInt(data.rows.total(row));
      const isLarge = total - (this.restarts.get(cell)?.base ?? 0n) > restartBeyond;
      if (row < range.from || row >= range.to || !isLarge) continue;
      this.restarts = new Map(this.restarts).set(cell, { startTimeUnixNano: timeUnixNano, base: total });
    }
  }
}

/** The rows with the moments of earlier windows merged into theirs. */
function withMergedMoments(rows: Rows, earlier: Rows): Rows {
  const values = rows.values.slice();
  for (let row = 0; row < earlier.length; row++) {
    const at = row * rows.width + histogramRow.windowSum;
    addMoments(values, at, earlier.values, at);
  }
  return rows.withValues(values);
}

function withoutMoments(rows: Rows, range: RowRange): Rows {
  const values = rows.values.slice();
  for (let row = range.from; row < range.to; row++) {
    values[row * rows.width + histogramRow.windowSum] = 0;
    values[row * rows.width + histogramRow.windowMin] = Infinity;
    values[row * rows.width + histogramRow.windowMax] = -Infinity;
  }
  return rows.withValues(values);
}
