import type { AttributeValue } from '../attributes.ts';
import type { Clock } from '../clock.ts';
import type { ExportedPart, Exporter, PointRange } from '../exporter.ts';
import { failure } from '../result.ts';
import type { MetricData } from '../snapshot/metric-data.ts';
import { takeSnapshot } from '../snapshot/take-snapshot.ts';
import type { TakenSnapshot } from '../snapshot/taken-snapshot.ts';
import { closeWindows } from '../state/histogram-row.ts';
import type { MetricState } from '../state/metric-state.ts';
import type { State } from '../state/state.ts';
import { sendsDelta } from '../temporality.ts';
import { unixNanoOf } from '../unix-nano.ts';
import { type Account, type Amounts, addAmounts } from './account.ts';
import {
  type DeliveryWindow,
  type OpenRange,
  deliverWindow,
  isSettled,
  stillOpen,
} from './deliver-window.ts';
import { type FlushResult, flushBroke, flushedTooLate } from './flush-result.ts';
import { FlushSummary } from './flush-summary.ts';
import { countIdleFlushes, makeRoom } from './make-room.ts';
import { MetricBook } from './metric-book.ts';
import { RetryPace } from './retry-pace.ts';
import { runExportSync } from './run-export.ts';
import { WindowAges } from './window-ages.ts';

/** Receivers keep times in milliseconds: Prometheus refuses a request with a second value for one. */
const shortestWindowNano = 1_000_000n;

/** ReaderOptions is what a reader reads from, delivers to, and sends along. */
export interface ReaderOptions {
  readonly state: State;
  readonly exporter: Exporter;
  readonly clock: Clock;
  /** Gives numbers from 0 (inclusive) to 1. */
  readonly random: () => number;
  /** After how many delivered flushes without a change a series may make room in a metric that has none left. */
  readonly idleFlushesBeforeRetirement: number;
  /** How old an undeliverable delta window may become, in milliseconds. */
  readonly maxWindowAgeMs: number;
  readonly resource: ReadonlyMap<string, AttributeValue>;
  readonly labels: ReadonlyMap<string, AttributeValue>;
}

/** FlushLimits is what one flush must keep to. */
export interface FlushLimits {
  /** The time it may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether to leave the backoff after failures out; never what the receiver asked for. */
  readonly force?: boolean;
  /** How often each window may be tried. */
  readonly maxAttempts?: number;
  /** Whether it is the last one: others are to end when it waits. */
  readonly isFinal?: boolean;
}

/** TurnLimits is what the tries of one flush must keep to. */
interface TurnLimits {
  /** When all has to be over, on the monotonic clock: it can come nearer. */
  readonly deadlineMs: () => number;
  readonly force: boolean;
  readonly maxAttempts: number;
}

/**
 * Reader is the cursor of one exporter on the state: what was last delivered, the open and the frozen window, the
 * account, and when the next request may be made. It only reads the state, but for closing windows and making room.
 */
export class Reader {
  readonly #options: ReaderOptions;
  readonly #pace: RetryPace;
  readonly #ages: WindowAges;
  readonly #books = new Map<MetricState, MetricBook>();
  /** What the receiver may have taken and is to be sent again as it was, before anything newer. Deltas only. */
  #frozen: DeliveryWindow | undefined = undefined;
  /** What was sent last and not delivered: it is still part of the open window. */
  #undelivered: DeliveryWindow | undefined = undefined;
  /** No flush may go on after this, on the monotonic clock. */
  #lastMomentMs = Infinity;
  /** Whether the next flush is the last. */
  #isLast = false;
  /** What is being delivered. */
  #underWay: DeliveryWindow | undefined = undefined;
  /** How many synchronous flushes there were: what was under way then doesn't count any more. */
  #takeovers = 0;
  /** Nothing reads it: see `keepAlive`. */
  keptAlive: readonly unknown[] = [];
  #abort: AbortController | undefined = undefined;
  #wake: (() => void) | undefined = undefined;
  #running: Promise<FlushResult> | undefined = undefined;
  #waiting: Promise<FlushResult> | undefined = undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#pace = new RetryPace(options.clock, options.random);
    this.#ages = new WindowAges(options.maxWindowAgeMs);
    this.#noteBeginning();
  }

  /** Whether a flush is under way. */
  get isFlushing(): boolean {
    return this.#running !== undefined;
  }

  /** How long the next request waits, in milliseconds. */
  get waitMs(): number {
    return this.#pace.waitMs({ force: false });
  }

  /** snapshot looks at what there is now, after asking the observers, and clears nothing. */
  snapshot(): TakenSnapshot {
    this.#options.state.gather();
    return this.#take(this.#nextEnd(), false);
  }

  /**
   * flush delivers everything recorded before the call. Flushes never overlap: a call during one waits, and all that
   * wait share the next. Never rejects.
   */
  flush(limits: FlushLimits): Promise<FlushResult> {
    if (this.#waiting !== undefined) return this.#waiting;
    if (this.#running === undefined) return this.#run(limits);
    // What runs never rejects.
    this.#waiting = this.#running.then(() => {
      this.#waiting = undefined;
      return this.#run(limits);
    });
    return this.#waiting;
  }

  /**
   * flushFinally flushes a last time, with the flush under way all within `timeoutMs`, and closes the state at the very
   * moment that the last snapshot is taken: what is recorded later is refused, not lost. A flush under way that hangs
   * has half of the time, so that the last one gets its turn.
   */
  async flushFinally(timeoutMs: number): Promise<FlushResult> {
    const { clock, state } = this.#options;
    this.#lastMomentMs = clock.monotonicMs() + timeoutMs;
    const cancel = clock.schedule(() => this.#abort?.abort(), timeoutMs / 2, { keepsProcessAlive: true });
    // A flush that waits for its turn need not: this one forces its way.
    this.#isLast = true;
    this.#wake?.();
    for (
      let busy = this.#waiting ?? this.#running;
      busy !== undefined;
      busy = this.#waiting ?? this.#running
    ) {
      await busy;
    }
    cancel();
    const result = await this.#run({ timeoutMs, force: true, isFinal: true });
    state.close();
    return result;
  }

  /**
   * flushSync flushes before it returns, for a process that will not come back to its event loop. An export that is
   * under way is stopped and counts no more: what was in it goes first. Like every flush it makes no request before the
   * receiver wants one. `undefined` when the exporter can't do that.
   */
  flushSync(timeoutMs: number): FlushResult | undefined {
    const { exporter, clock } = this.#options;
    if (!canExportSync(exporter)) return undefined;
    const begunMs = clock.monotonicMs();
    const summary = new FlushSummary(this.#options);
    this.#takeOver();
    const waitMs = this.#pace.waitMs({ force: true });
    if (waitMs > 0) return summary.resultUntried(waitMs);
    let leftMs = timeoutMs;
    if (this.#frozen !== undefined) {
      if (!this.#deliverSync(exporter, this.#frozen, summary, leftMs)) return summary.result();
      leftMs -= clock.monotonicMs() - begunMs;
    }
    this.#deliverSync(exporter, this.#cut(), summary, Math.max(1, leftMs));
    return summary.result();
  }

  /** account says where everything that was recorded is. */
  account(): Account {
    this.#options.state.foldAll();
    const byName = new Map<string, Amounts>();
    for (const metric of this.#options.state.metrics()) {
      if (metric.aggregation !== 'gauge') byName.set(metric.name, this.#bookOf(metric).amounts());
    }
    return { ...addAmounts(byName.values()), byName };
  }

  /** Where what is undelivered begins. */
  get undeliveredSinceUnixNano(): bigint {
    let earliest = this.#options.state.windowStartUnixNano;
    for (const { windowStarts, metric } of this.#books.values()) {
      if (metric.table.length === 0) continue;
      const start = windowStarts.earliest(metric.table.length);
      if (start < earliest) earliest = start;
    }
    const frozen = this.#frozen?.snapshot.startTimeUnixNano ?? earliest;
    return frozen < earliest ? frozen : earliest;
  }

  #run(limits: FlushLimits): Promise<FlushResult> {
    // Before it begins: an observer may ask for another one.
    const { promise, resolve } = Promise.withResolvers<FlushResult>();
    this.#running = promise;
    void this.#flushOnce(limits)
      .catch(flushBroke)
      .then((result) => {
        this.#running = undefined;
        resolve(result);
      });
    return promise;
  }

  async #flushOnce({
    timeoutMs,
    force = false,
    maxAttempts = Infinity,
    isFinal = false,
  }: FlushLimits): Promise<FlushResult> {
    const { clock, state } = this.#options;
    const endsAtMs = clock.monotonicMs() + timeoutMs;
    // Once the last flush waits, any other is to end.
    const deadlineMs = (): number =>
      this.#isLast && !isFinal ? -Infinity : Math.min(endsAtMs, this.#lastMomentMs);
    if (clock.monotonicMs() >= deadlineMs()) return failure(flushedTooLate());
    // However long nothing can be sent: bound instruments that are gone are not kept for it.
    state.fold();
    const summary = new FlushSummary(this.#options);
    const limits = { deadlineMs, force, maxAttempts };

    this.#dropWhatIsTooOld(summary);
    if (this.#frozen !== undefined) {
      if (!this.#isTurn(limits) && !(await this.#awaitTurn(limits)))
        return summary.resultUntried(this.#waitMs(limits));
      const { isSettled: isDone } = await this.#deliver(this.#frozen, summary, limits);
      if (!isDone) return summary.result();
    }
    for (;;) {
      // Without a wait the snapshot is taken before this call returns.
      if (!this.#isTurn(limits) && !(await this.#awaitTurn(limits)))
        return summary.resultUntried(this.#waitMs(limits));
      this.#makeRoom();
      // Other threads record until this moment, and not in between.
      if (this.#isLast) state.closeSources();
      const window = this.#cut();
      if (this.#isLast) state.close();
      const { isSettled: isDone, isAccepted } = await this.#deliver(window, summary, limits);
      // A counter that was too large for one point of the wire goes on in the next.
      const leftSomething = window.snapshot.metrics.some(({ metric }) => this.#bookOf(metric).leftSomething);
      if (!isDone || !isAccepted || !leftSomething || clock.monotonicMs() >= deadlineMs())
        return summary.result();
    }
  }

  /** Delivers the frozen window or one just cut, and says whether all of it is settled, and accepted. */
  async #deliver(
    window: DeliveryWindow,
    summary: FlushSummary,
    limits: TurnLimits,
  ): Promise<{ readonly isSettled: boolean; readonly isAccepted: boolean }> {
    const { exporter, clock } = this.#options;
    const { snapshot } = window;
    const before = new Map(snapshot.metrics.map(({ metric }) => [metric, this.#bookOf(metric).finished]));
    const takeovers = this.#takeovers;
    const isTakenOver = (): boolean => this.#takeovers !== takeovers;
    const delivery = await deliverWindow(window, {
      exporter,
      clock,
      deadlineMs: limits.deadlineMs,
      maxAttempts: limits.maxAttempts,
      // What failed just now is not forced.
      awaitTurn: async () =>
        !isTakenOver() && (await this.#awaitTurn({ ...limits, force: false })) && !isTakenOver(),
      onBegun: (open) => {
        this.#underWay = { snapshot, open: open.map((range) => ({ ...range, mayBeTaken: true })) };
        return (this.#abort = new AbortController());
      },
      onAnswered: (parts, open) => {
        if (isTakenOver()) return;
        this.#pace.note(parts);
        this.#underWay = { snapshot, open };
        for (const part of parts) if (isSettled(part)) this.#settle(snapshot, part);
      },
    });
    summary.add(snapshot, delivery);
    if (isTakenOver()) return { isSettled: false, isAccepted: false };
    this.#underWay = undefined;
    this.#abort = undefined;
    this.#keepOpen(snapshot, delivery.open);
    const isAccepted =
      delivery.open.length === 0 && delivery.parts.every(({ outcome }) => outcome.status === 'accepted');
    for (const { metric } of isAccepted ? snapshot.metrics : []) {
      countIdleFlushes(this.#bookOf(metric), before.get(metric));
    }
    return { isSettled: delivery.open.length === 0, isAccepted };
  }

  /** Ends what is under way, and keeps what is open of it as if no answer had come. */
  #takeOver(): void {
    this.#takeovers += 1;
    this.#abort?.abort();
    this.#abort = undefined;
    if (this.#underWay !== undefined) this.#keepOpen(this.#underWay.snapshot, this.#underWay.open);
    this.#underWay = undefined;
  }

  /** Delivers a window before it returns, and says whether all of it is settled. */
  #deliverSync(
    exporter: SynchronousExporter,
    { snapshot, open }: DeliveryWindow,
    summary: FlushSummary,
    timeoutMs: number,
  ): boolean {
    const parts = open.length === 0 ? [] : runExportSync(exporter, snapshot, { timeoutMs, ranges: open });
    this.#pace.note(parts);
    for (const part of parts) if (isSettled(part)) this.#settle(snapshot, part);
    const delivery = { open: stillOpen(parts, open), parts, attempts: Math.min(1, open.length) };
    summary.add(snapshot, delivery);
    this.#keepOpen(snapshot, delivery.open);
    return delivery.open.length === 0;
  }

  /** What is not settled is frozen where the receiver may have taken it, else it stays in the open window. */
  #keepOpen(snapshot: TakenSnapshot, open: readonly OpenRange[]): void {
    if (snapshot === this.#frozen?.snapshot) {
      this.#frozen = open.length === 0 ? undefined : { snapshot, open };
      return;
    }
    const isFreezing = this.#options.exporter.temporality !== 'cumulative';
    const frozen = isFreezing ? open.filter((range) => range.mayBeTaken) : [];
    for (const range of frozen) {
      this.#forRows(snapshot, range, (data, rows) =>
        this.#bookOf(data.metric).freeze(data, rows, snapshot.timeUnixNano),
      );
    }
    this.#frozen = frozen.length === 0 ? undefined : { snapshot, open: frozen };
    const rest = open.filter((range) => !frozen.includes(range));
    this.#undelivered = rest.length === 0 ? undefined : { snapshot, open: rest };
  }

  /** Gives up the deltas of series whose window is older than anyone wants it. */
  #dropWhatIsTooOld(summary: FlushSummary): void {
    this.#frozen = this.#withoutOld(this.#frozen, summary);
    this.#undelivered = this.#withoutOld(this.#undelivered, summary);
  }

  #withoutOld(window: DeliveryWindow | undefined, summary: FlushSummary): DeliveryWindow | undefined {
    if (window === undefined) return undefined;
    const tooOldUntil = this.#ages.tooOldUntil(this.#options.clock.monotonicMs());
    if (tooOldUntil === undefined) return window;
    const { snapshot } = window;
    const rest: OpenRange[] = [];
    let isAnyDropped = false;
    for (const range of window.open) {
      this.#forRows(snapshot, range, (data, rows, first) => {
        const book = this.#bookOf(data.metric);
        if (!book.isDelta || !data.windowStarts.isAnyBefore(tooOldUntil + 1n, rows)) {
          rest.push({ from: first + rows.from, to: first + rows.to, mayBeTaken: range.mayBeTaken });
          return;
        }
        isAnyDropped = true;
        book.drop(data, rows, { isFrozen: window === this.#frozen, timeUnixNano: snapshot.timeUnixNano });
      });
    }
    if (!isAnyDropped) return window;
    summary.addDropped(snapshot);
    return rest.length === 0 ? undefined : { snapshot, open: rest };
  }

  /** Lets go of what may go, while nothing is under way or frozen that counts rows. */
  #makeRoom(): void {
    if (this.#frozen !== undefined) return;
    this.#options.state.fold();
    for (const book of this.#books.values()) {
      if (makeRoom(book, this.#options.idleFlushesBeforeRetirement)) this.#undelivered = undefined;
    }
  }

  /** Takes a snapshot to be sent: what is recorded from now on belongs to the next window. */
  #cut(): DeliveryWindow {
    const { state } = this.#options;
    state.gather();
    const snapshot = this.#take(this.#nextEnd(), true);
    state.windowStartUnixNano = snapshot.timeUnixNano;
    this.#noteBeginning();
    for (const data of snapshot.metrics) {
      const { aggregation, slab } = data.metric;
      if (aggregation !== 'histogram' && aggregation !== 'exponential-histogram') continue;
      for (const chunk of slab.usedChunks()) closeWindows(chunk, slab.width);
      this.#bookOf(data.metric).carry(data);
    }
    this.keptAlive = keepAlive(snapshot);
    const { length } = snapshot.points;
    return { snapshot, open: length === 0 ? [] : [{ from: 0, to: length, mayBeTaken: false }] };
  }

  #take(timeUnixNano: bigint, isToBeSent: boolean): TakenSnapshot {
    const { state, resource, labels } = this.#options;
    return takeSnapshot({
      state,
      settledOf: (metric) => this.#bookOf(metric),
      isToBeSent,
      startTimeUnixNano: this.undeliveredSinceUnixNano,
      timeUnixNano,
      resource,
      labels,
    });
  }

  /** Windows adjoin and never run backwards, whatever the wall clock does. */
  #nextEnd(): bigint {
    const now = unixNanoOf(this.#options.clock.unixMs());
    const earliest = this.#options.state.windowStartUnixNano + shortestWindowNano;
    return now > earliest ? now : earliest;
  }

  /** Remembers when the windows begin that begin now. */
  #noteBeginning(): void {
    const { clock, state } = this.#options;
    this.#ages.note({ unixNano: state.windowStartUnixNano, monotonicMs: clock.monotonicMs() });
  }

  /** Enters into the books what became of some points. */
  #settle(snapshot: TakenSnapshot, { outcome, ...range }: ExportedPart): void {
    const isFrozen = snapshot === this.#frozen?.snapshot;
    this.#forRows(snapshot, range, (data, rows) => {
      const book = this.#bookOf(data.metric);
      if (isFrozen) book.settleFrozen(data, rows, outcome, snapshot.timeUnixNano);
      else book.settle(data, rows, outcome, snapshot.timeUnixNano);
    });
  }

  /** Goes through the metrics that a range of points touches, with the rows that it covers there, and their first point. */
  #forRows(
    snapshot: TakenSnapshot,
    range: PointRange,
    visit: (data: MetricData, rows: PointRange, first: number) => void,
  ): void {
    let first = 0;
    for (const data of snapshot.metrics) {
      const { length } = data.rows;
      const rows = { from: Math.max(range.from - first, 0), to: Math.min(range.to - first, length) };
      if (rows.from < rows.to) visit(data, rows, first);
      first += length;
    }
  }

  #waitMs(limits: TurnLimits): number {
    return this.#pace.waitMs(limits);
  }

  /** Whether a request may be made now. */
  #isTurn(limits: TurnLimits): boolean {
    return this.#waitMs(limits) === 0 && this.#options.clock.monotonicMs() < limits.deadlineMs();
  }

  /** Waits until a request may be made; false, at once, when that is not before the deadline. */
  async #awaitTurn(limits: TurnLimits): Promise<boolean> {
    while (!this.#isTurn(limits)) {
      const waitMs = this.#waitMs(limits);
      if (this.#options.clock.monotonicMs() + waitMs >= limits.deadlineMs()) return false;
      await this.#wait(waitMs);
    }
    return true;
  }

  async #wait(ms: number): Promise<void> {
    const woken = Promise.withResolvers<void>();
    this.#wake = woken.resolve;
    const cancel = this.#options.clock.schedule(woken.resolve, Math.ceil(ms), { keepsProcessAlive: true });
    await woken.promise;
    cancel();
    this.#wake = undefined;
  }

  #bookOf(metric: MetricState): MetricBook {
    let book = this.#books.get(metric);
    if (book === undefined) {
      const isDelta = sendsDelta(metric.kind, this.#options.exporter.temporality);
      book = new MetricBook(metric, {
        isDelta,
        windowStartUnixNano: this.#options.state.windowStartUnixNano,
      });
      this.#books.set(metric, book);
    }
    return book;
  }
}

/**
 * keepAlive gives one object of each kind that a flush works with. As long as one lives, V8 keeps the machine code that
 * knows its shape; without any, a garbage collection between two flushes throws that code away.
 */
function keepAlive(snapshot: TakenSnapshot): readonly unknown[] {
  const onePerKind = new Map(snapshot.metrics.map((data) => [data.metric.aggregation, data]));
  const points = Array.from(onePerKind.values(), (data) => data.point(0));
  const distributions = points.flatMap((point) => ('bounds' in point ? [point.total, point.delta] : []));
  return [snapshot, snapshot.points[Symbol.iterator](), ...points, ...distributions];
}

type SynchronousExporter = Exporter & Required<Pick<Exporter, 'exportSync'>>;

function canExportSync(exporter: Exporter): exporter is SynchronousExporter {
  return exporter.exportSync !== undefined;
}
