import type { AttributeValue } from '../attributes.ts';
import type { Clock } from '../clock.ts';
import type { ExportedPart, Exporter } from '../exporter.ts';
import { failure, success } from '../result.ts';
import { takeSnapshot } from '../snapshot/take-snapshot.ts';
import type { TakenSnapshot } from '../snapshot/taken-snapshot.ts';
import { closeWindows } from '../state/histogram-row.ts';
import type { MetricState } from '../state/metric-state.ts';
import type { State } from '../state/state.ts';
import { unixNanoOf } from '../unix-nano.ts';
import { type Account, type Amounts, addAmounts, amountsOf } from './account.ts';
import { type FlushResult, flushResultOf, flushedTooLate } from './flush-result.ts';
import { countIdleFlushes, makeRoom } from './make-room.ts';
import { MetricBook } from './metric-book.ts';
import { runExport, runExportSync } from './run-export.ts';

/** ReaderOptions is what a reader reads from, delivers to, and sends along. */
export interface ReaderOptions {
  readonly state: State;
  readonly exporter: Exporter;
  readonly clock: Clock;
  /** After how many delivered flushes without a change a series may make room in a metric that has none left. */
  readonly idleFlushesBeforeRetirement: number;
  readonly resource: ReadonlyMap<string, AttributeValue>;
  readonly labels: ReadonlyMap<string, AttributeValue>;
}

/**
 * Reader is the cursor of one exporter on the state: what was last delivered, the window since, and the account. It
 * only reads the state, but for closing windows.
 */
export class Reader {
  readonly #options: ReaderOptions;
  readonly #books = new Map<MetricState, MetricBook>();
  /** Where what is undelivered begins. */
  #windowStartUnixNano: bigint;
  /** No flush may go on after this, on the monotonic clock. */
  #lastMomentMs = Infinity;
  /** Whether the next flush is the last. */
  #isLast = false;
  #abort: AbortController | undefined = undefined;
  #running: Promise<FlushResult> | undefined = undefined;
  #waiting: Promise<FlushResult> | undefined = undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#windowStartUnixNano = options.state.windowStartUnixNano;
  }

  /** Whether a flush is under way. */
  get isFlushing(): boolean {
    return this.#running !== undefined;
  }

  /** snapshot looks at what there is now, after asking the observers, and clears nothing. */
  snapshot(): TakenSnapshot {
    this.#options.state.observe();
    return this.#take(this.#nextEnd(), false);
  }

  /**
   * flush delivers everything recorded before the call. Flushes never overlap: a call during one waits, and all that
   * wait share the next. Never rejects.
   */
  flush(timeoutMs: number): Promise<FlushResult> {
    if (this.#running === undefined) return this.#run(timeoutMs);
    this.#waiting ??= this.#running.then(() => {
      this.#waiting = undefined;
      return this.#run(timeoutMs);
    });
    return this.#waiting;
  }

  /**
   * flushFinally flushes a last time, with the flush under way all within `timeoutMs`, and closes the state at the very
   * moment that the last snapshot is taken: what is recorded later is refused, not lost.
   */
  async flushFinally(timeoutMs: number): Promise<FlushResult> {
    const { clock, state } = this.#options;
    this.#lastMomentMs = clock.monotonicMs() + timeoutMs;
    const cancel = clock.schedule(() => this.#abort?.abort(), timeoutMs, { keepsProcessAlive: true });
    await this.#running;
    this.#isLast = true;
    const result = await this.flush(timeoutMs);
    cancel();
    state.close();
    return result;
  }

  /**
   * flushSync flushes before it returns, for a process that will not come back to its event loop: whatever was under
   * way is left to itself, and what is in it is sent again. `undefined` when the exporter can't do that.
   */
  flushSync(timeoutMs: number): FlushResult | undefined {
    const { clock, exporter } = this.#options;
    if (exporter.exportSync === undefined) return undefined;
    const begunMs = clock.monotonicMs();
    const snapshot = this.#cut();
    if (snapshot.points.length === 0) return success({ snapshot, durationMs: 0, warnings: [] });
    const parts = runExportSync(exporter, snapshot, timeoutMs) ?? [];
    this.#settle(snapshot, parts);
    return flushResultOf(parts, { snapshot, durationMs: clock.monotonicMs() - begunMs, warnings: [] });
  }

  /** account says where everything that was recorded is. */
  account(): Account {
    const byName = new Map<string, Amounts>();
    for (const metric of this.#options.state.metrics()) {
      if (metric.aggregation !== 'gauge') byName.set(metric.name, amountsOf(metric, this.#bookOf(metric)));
    }
    return { ...addAmounts(byName.values()), byName };
  }

  #run(timeoutMs: number): Promise<FlushResult> {
    this.#running = this.#flushOnce(timeoutMs).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #flushOnce(timeoutMs: number): Promise<FlushResult> {
    const { clock, exporter, state } = this.#options;
    const begunMs = clock.monotonicMs();
    const timeLeftMs = Math.min(timeoutMs, this.#lastMomentMs - begunMs);
    if (timeLeftMs <= 0) return failure(flushedTooLate());

    this.#makeRoom();
    const warnings: string[] = [];
    for (;;) {
      const snapshot = this.#cut();
      if (this.#isLast) state.close();
      if (snapshot.points.length === 0) return success({ snapshot, durationMs: 0, warnings });

      const leftMs = Math.max(0, timeLeftMs - (clock.monotonicMs() - begunMs));
      this.#abort = new AbortController();
      const parts = await runExport(exporter, snapshot, { clock, timeoutMs: leftMs, abort: this.#abort });
      this.#abort = undefined;
      this.#settle(snapshot, parts);
      const result = flushResultOf(parts, { snapshot, durationMs: clock.monotonicMs() - begunMs, warnings });
      // A counter that was too large for one point of the wire goes on in the next.
      const leftSomething = snapshot.metrics.some((data) => this.#bookOf(data.metric).leftSomething);
      if (!result.ok || !leftSomething) return result;
      warnings.push(...result.value.warnings);
    }
  }

  /** Lets go of what may go, while nothing is under way that counts rows. */
  #makeRoom(): void {
    for (const [metric, book] of this.#books)
      makeRoom(metric, book, this.#options.idleFlushesBeforeRetirement);
  }

  /** Takes a snapshot to be sent: what is recorded from now on belongs to the next window. */
  #cut(): TakenSnapshot {
    const { state } = this.#options;
    state.observe();
    const snapshot = this.#take(this.#nextEnd(), true);
    state.windowStartUnixNano = snapshot.timeUnixNano;
    for (const data of snapshot.metrics) {
      const { aggregation, slab } = data.metric;
      if (aggregation !== 'histogram' && aggregation !== 'exponential-histogram') continue;
      for (const chunk of slab.usedChunks()) closeWindows(chunk, slab.width);
      this.#bookOf(data.metric).carry(data);
    }
    return snapshot;
  }

  #take(timeUnixNano: bigint, isToBeSent: boolean): TakenSnapshot {
    const { state, resource, labels } = this.#options;
    return takeSnapshot({
      state,
      settledOf: (metric) => this.#bookOf(metric),
      isToBeSent,
      startTimeUnixNano: this.#windowStartUnixNano,
      timeUnixNano,
      resource,
      labels,
    });
  }

  /** Windows adjoin and never run backwards, whatever the wall clock does. */
  #nextEnd(): bigint {
    const now = unixNanoOf(this.#options.clock.unixMs());
    const earliest = this.#options.state.windowStartUnixNano + 1n;
    return now > earliest ? now : earliest;
  }

  /** Enters into the books what became of each range of points. */
  #settle(snapshot: TakenSnapshot, parts: readonly ExportedPart[]): void {
    let first = 0;
    for (const data of snapshot.metrics) {
      const rows = data.rows.length;
      const book = this.#bookOf(data.metric);
      const acceptedBefore = book.accepted;
      for (const { from, to, outcome } of parts) {
        const range = { from: Math.max(from - first, 0), to: Math.min(to - first, rows) };
        if (range.from >= range.to) continue;
        if (outcome.status === 'accepted') book.accept(data, range, snapshot.timeUnixNano);
        else if (outcome.status === 'partial') book.takePartly(data, range);
        // Everything else stays pending: the next running totals supersede it.
      }
      if (book.accepted === data.rows) countIdleFlushes(data.metric, book, acceptedBefore);
      first += rows;
    }
    const isSettled = parts.every(
      ({ outcome }) => outcome.status === 'accepted' || outcome.status === 'partial',
    );
    if (isSettled) this.#windowStartUnixNano = snapshot.timeUnixNano;
  }

  #bookOf(metric: MetricState): MetricBook {
    let book = this.#books.get(metric);
    if (book === undefined) {
      book = new MetricBook();
      this.#books.set(metric, book);
    }
    return book;
  }
}
