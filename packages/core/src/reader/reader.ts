import type { ExportedPart, Exporter } from '../exporter.ts';
import { failure } from '../result.ts';
import type { TakenSnapshot } from '../snapshot/taken-snapshot.ts';
import type { Account } from './account.ts';
import { type DeliveryWindow, deliverWindow, isSettled, stillOpen } from './deliver-window.ts';
import { type FlushResult, flushBroke, flushedTooLate } from './flush-result.ts';
import { FlushSummary } from './flush-summary.ts';
import { isMuchToPrepare, prepareInSlices } from './prepare-snapshot.ts';
import { RetryPace } from './retry-pace.ts';
import { runExportSync } from './run-export.ts';
import { Windows, type WindowsOptions } from './windows.ts';

/** ReaderOptions is what a reader reads from, delivers to, and sends along. */
export interface ReaderOptions extends Omit<WindowsOptions, 'temporality'> {
  readonly exporter: Exporter;
  /** Gives numbers from 0 (inclusive) to 1. */
  readonly random: () => number;
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
 * Reader is the cursor of one exporter on the state: it has one window after the other delivered, one flush at a time,
 * each request when it may be made.
 */
export class Reader {
  readonly #options: ReaderOptions;
  readonly #pace: RetryPace;
  readonly #windows: Windows;
  /** No flush may go on after this, on the monotonic clock. */
  #lastMomentMs = Infinity;
  /** Whether the next flush is the last. */
  #isLast = false;
  /** What is being delivered. */
  #underWay: DeliveryWindow | undefined = undefined;
  /** How many synchronous flushes there were: what was under way then doesn't count any more. */
  #takeovers = 0;
  /** What stops it. */
  #abort: (() => void) | undefined = undefined;
  #wake: (() => void) | undefined = undefined;
  #running: Promise<FlushResult> | undefined = undefined;
  #waiting: Promise<FlushResult> | undefined = undefined;
  /** Whether any of those that wait forces its way. */
  #isWaitingForced = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#pace = new RetryPace(options.clock, options.random);
    this.#windows = new Windows({ ...options, temporality: options.exporter.temporality });
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
    return this.#windows.look();
  }

  /**
   * flush delivers everything recorded before the call. Flushes never overlap: a call during one waits, and all that
   * wait share the next, with the limits of the first, forced if one of them is. Never rejects.
   */
  flush(limits: FlushLimits): Promise<FlushResult> {
    if (this.#waiting === undefined && this.#running === undefined) return this.#run(limits);
    this.#isWaitingForced ||= limits.force === true;
    // What runs never rejects.
    this.#waiting ??= Promise.resolve(this.#running).then(() => {
      const force = this.#isWaitingForced;
      this.#waiting = undefined;
      this.#isWaitingForced = false;
      return this.#run({ ...limits, force });
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
    const cancel = clock.schedule(() => this.#abort?.(), timeoutMs / 2, { keepsProcessAlive: true });
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
    const windows = this.#windows;
    const begunMs = clock.monotonicMs();
    const summary = new FlushSummary(this.#options);
    this.#takeOver();
    const waitMs = this.#pace.waitMs({ force: true });
    if (waitMs > 0) return summary.resultUntried(waitMs);
    let leftMs = timeoutMs;
    if (windows.frozen !== undefined) {
      if (!this.#deliverSync(exporter, windows.frozen, summary, leftMs)) return summary.result();
      leftMs -= clock.monotonicMs() - begunMs;
    }
    this.#deliverSync(exporter, windows.cut(), summary, Math.max(1, leftMs));
    return summary.result();
  }

  /** account says where everything that was recorded is. */
  account(): Account {
    return this.#windows.account();
  }

  /** Where what is undelivered begins. */
  get undeliveredSinceUnixNano(): bigint {
    return this.#windows.undeliveredSinceUnixNano;
  }

  #run(limits: FlushLimits): Promise<FlushResult> {
    // Before it begins: an observer may ask for another one.
    const { promise, resolve } = Promise.withResolvers<FlushResult>();
    this.#running = promise;
    const end = (result: FlushResult): void => {
      this.#running = undefined;
      resolve(result);
    };
    this.#flushOnce(limits).then(end, (cause: unknown) => end(flushBroke(cause)));
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
    const summary = new FlushSummary(this.#options);
    const limits = { deadlineMs, force, maxAttempts };
    const windows = this.#windows;
    windows.dropOld((snapshot) => summary.addDropped(snapshot));
    for (;;) {
      // However long nothing can be sent: bound instruments that are gone are not kept for it.
      if (isMuchToPrepare(state)) await prepareInSlices(state, clock);
      state.fold();
      state.releaseSome();
      if (!this.#isTurn(limits)) {
        if (!(await this.#awaitTurn(limits))) return summary.resultUntried(this.#waitMs(limits));
        continue;
      }
      // Looked for each time: a synchronous flush may have come in between.
      if (windows.frozen !== undefined) {
        const { isSettled: isDone } = await this.#deliver(windows.frozen, summary, limits);
        if (!isDone) return summary.result();
        continue;
      }
      // Unless something waits, the snapshot is taken before this call returns.
      windows.makeRoom();
      // Other threads record until this moment, and not in between.
      if (this.#isLast) state.closeSources();
      const window = windows.cut();
      if (this.#isLast) state.close();
      const { isSettled: isDone, isAccepted } = await this.#deliver(window, summary, limits);
      // A counter that was too large for one point of the wire goes on in the next.
      const leftSomething = windows.hasLeftSomething(window.snapshot);
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
    const countIdle = this.#windows.countIdle(snapshot);
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
      onBegun: (open, abort) => {
        this.#underWay = { snapshot, open: open.map((range) => ({ ...range, mayBeTaken: true })) };
        this.#abort = abort;
      },
      onAnswered: (parts, open) => {
        if (isTakenOver()) return;
        this.#pace.note(parts);
        this.#underWay = { snapshot, open };
        this.#settle(snapshot, parts);
      },
    });
    summary.add(snapshot, delivery);
    if (isTakenOver()) return { isSettled: false, isAccepted: false };
    this.#underWay = undefined;
    this.#abort = undefined;
    this.#windows.keepOpen(snapshot, delivery.open);
    const isAccepted =
      delivery.open.length === 0 && delivery.parts.every(({ outcome }) => outcome.status === 'accepted');
    if (isAccepted) countIdle();
    return { isSettled: delivery.open.length === 0, isAccepted };
  }

  /** Ends what is under way, and keeps what is open of it as if no answer had come. */
  #takeOver(): void {
    this.#takeovers += 1;
    this.#abort?.();
    this.#abort = undefined;
    if (this.#underWay !== undefined) this.#windows.keepOpen(this.#underWay.snapshot, this.#underWay.open);
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
    this.#settle(snapshot, parts);
    const delivery = { open: stillOpen(parts, open), parts, attempts: Math.min(1, open.length) };
    summary.add(snapshot, delivery);
    this.#windows.keepOpen(snapshot, delivery.open);
    return delivery.open.length === 0;
  }

  #settle(snapshot: TakenSnapshot, parts: readonly ExportedPart[]): void {
    for (const part of parts) if (isSettled(part)) this.#windows.settle(snapshot, part);
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
}

type SynchronousExporter = Exporter & Required<Pick<Exporter, 'exportSync'>>;

function canExportSync(exporter: Exporter): exporter is SynchronousExporter {
  return exporter.exportSync !== undefined;
}
