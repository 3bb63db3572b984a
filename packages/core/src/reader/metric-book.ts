import type { ExportOutcome, PointRange } from '../exporter.ts';
import type { MetricData, Restart } from '../snapshot/metric-data.ts';
import type { Rows } from '../snapshot/rows.ts';
import { WindowStarts } from '../snapshot/window-starts.ts';
import { isMonotonic } from '../state/aggregation.ts';
import type { MetricState } from '../state/metric-state.ts';
import { type Amounts, amountBetween, amountIn, amountRecorded } from './account.ts';
import { CarriedMoments } from './carried-moments.ts';
import { SettledRows } from './settled-rows.ts';
import { limitToWire, restartLargeTotals } from './wire-limits.ts';

/**
 * MetricBook is how far a reader has got with one metric.
 *
 * Where running totals are sent, the next total supersedes what was not delivered, so that rows say it all: `settled`
 * and `accepted`. Where deltas are sent, what is settled is counted by what became of it, and what may have been taken
 * without an answer is frozen: it has left the open window, and is pending in a snapshot that will be sent again.
 */
export class MetricBook {
  readonly metric: MetricState;
  readonly isDelta: boolean;
  #settled = SettledRows.none;
  /** For running totals: up to here everything is known to be with the collector. */
  #accepted = SettledRows.none;
  readonly #carried = new CarriedMoments();
  /** Where the open window began. */
  windowStarts: WindowStarts;
  /** The running totals that were begun anew, by series id. Replaced, not changed: snapshots hold on to it. */
  restarts: ReadonlyMap<number, Restart> = new Map();
  /** By row: how many delivered flushes in a row it did not change, counted while its metric is short of room. */
  idleFlushes: number[] = [];
  /** Whether the last rows to be sent left something for the next ones. */
  leftSomething = false;
  /** For deltas: what became of all that has left the open window. */
  readonly #sums = { accepted: 0n, rejected: 0n, dropped: 0n, unattributed: 0n, frozen: 0n };

  constructor(
    metric: MetricState,
    options: { readonly isDelta: boolean; readonly windowStartUnixNano: bigint },
  ) {
    this.metric = metric;
    this.isDelta = options.isDelta;
    this.windowStarts = new WindowStarts(options.windowStartUnixNano);
  }

  /** Up to here nothing is in the open window any more. */
  get settled(): Rows | undefined {
    return this.#settled.rows;
  }

  /** What the collector is known to have, or will never get: what may be let go of. */
  get finished(): Rows | undefined {
    return this.isDelta ? this.#settled.rows : this.#accepted.rows;
  }

  /** Rows with the moments of all windows that were closed for exports and are still part of the open one. */
  get carried(): Rows | undefined {
    return this.#carried.rows;
  }

  /** carry keeps the moments of the window that was closed for an export, until it is settled. */
  carry({ rows }: MetricData): void {
    this.#carried.add(rows);
  }

  /** settle enters what became of some rows of the open window. Rows that were not delivered stay in it. */
  settle(data: MetricData, range: PointRange, outcome: ExportOutcome, timeUnixNano: bigint): void {
    if (this.isDelta) {
      this.#count(data, range, outcome);
      this.#advance(data, range, timeUnixNano);
    } else if (outcome.status === 'accepted') {
      const isSame = this.#accepted === this.#settled || isAllOf(data, range);
      this.#advance(data, range, timeUnixNano);
      this.#accepted = isSame ? this.#settled : this.#accepted.with(data.rows, range);
      this.restarts = restartLargeTotals(this.restarts, { data, range, timeUnixNano });
    } else if (outcome.status === 'partial') {
      this.#advance(data, range, timeUnixNano);
    }
  }

  /** freeze takes rows out of the open window that the collector may have taken. Running totals need no such thing. */
  freeze(data: MetricData, range: PointRange, timeUnixNano: bigint): void {
    if (!this.isDelta) return;
    this.#sums.frozen += amountBetween(data, range);
    this.#advance(data, range, timeUnixNano);
  }

  /** settleFrozen enters what became of frozen rows. */
  settleFrozen(data: MetricData, range: PointRange, outcome: ExportOutcome, timeUnixNano: bigint): void {
    if (!this.isDelta) {
      this.settle(data, range, outcome, timeUnixNano);
      return;
    }
    this.#sums.frozen -= amountBetween(data, range);
    this.#count(data, range, outcome);
  }

  /** drop gives up rows: frozen ones, or those of the open window. */
  drop(
    data: MetricData,
    range: PointRange,
    options: { readonly isFrozen: boolean; readonly timeUnixNano: bigint },
  ): void {
    if (!this.isDelta) return;
    const amount = amountBetween(data, range);
    this.#sums.dropped += amount;
    if (options.isFrozen) this.#sums.frozen -= amount;
    else this.#advance(data, range, options.timeUnixNano);
  }

  /** limitToWire gives rows whose counters are too large for the wire only what it can hold; the rest is for the next. */
  limitToWire(rows: Rows): Rows {
    if (!isMonotonic(this.metric.kind) || rows.wideBases.size === 0) {
      this.leftSomething = false;
      return rows;
    }
    const { metric, settled } = this;
    const limited = limitToWire(rows, (row) =>
      this.isDelta ? BigInt(settled?.total(row) ?? 0) : (this.restarts.get(metric.table.id(row))?.base ?? 0n),
    );
    this.leftSomething = limited !== rows;
    return limited;
  }

  /** keepRows lets go of all other rows, as the metric does. */
  keepRows(rows: readonly number[]): void {
    const { table } = this.metric;
    const isSame = this.#accepted === this.#settled;
    this.#settled = this.#settled.select(rows);
    this.#accepted = isSame ? this.#settled : this.#accepted.select(rows);
    this.#carried.keepRows(rows);
    this.windowStarts = this.windowStarts.select(rows);
    this.idleFlushes = rows.map((row) => this.idleFlushes[row] ?? 0);
    if (this.restarts.size === 0) return;
    const kept = new Set(rows.map((row) => table.id(row)));
    this.restarts = new Map([...this.restarts].filter(([id]) => kept.has(id)));
  }

  /** Where everything that was recorded is. */
  amounts(): Amounts {
    const { metric, isDelta } = this;
    const recorded = metric.retiredAmount + amountRecorded(metric);
    const settled = metric.retiredAmount + amountIn(metric, this.settled);
    if (isDelta) {
      const { frozen, ...sums } = this.#sums;
      return { recorded, ...sums, pending: recorded - settled + frozen };
    }
    const isSame = this.#accepted === this.#settled;
    const accepted = isSame ? settled : metric.retiredAmount + amountIn(metric, this.#accepted.rows);
    return {
      recorded,
      accepted,
      pending: recorded - settled,
      rejected: 0n,
      dropped: 0n,
      unattributed: settled - accepted,
    };
  }

  #count(data: MetricData, range: PointRange, outcome: ExportOutcome): void {
    const amount = amountBetween(data, range);
    if (outcome.status === 'accepted') this.#sums.accepted += amount;
    else if (outcome.status === 'partial' && !isAllRejected(outcome)) this.#sums.unattributed += amount;
    else this.#sums.rejected += amount;
  }

  #advance(data: MetricData, range: PointRange, timeUnixNano: bigint): void {
    this.#settled = this.#settled.with(data.rows, range);
    this.windowStarts = this.windowStarts.after(range, data.rows.length, timeUnixNano);
    this.#carried.settle(range);
  }
}

function isAllOf(data: MetricData, range: PointRange): boolean {
  return range.from === 0 && range.to === data.rows.length;
}

function isAllRejected(outcome: ExportOutcome): boolean {
  return outcome.status === 'partial' && outcome.rejectedDataPoints >= (outcome.sentDataPoints ?? Infinity);
}
