import type { Clock } from '@pqcnet/telemetry';

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** Waits between tries are longer than what an exporter gets to end in, and shorter than the deadlines of tests. */
const shortestWaitMs = 500;
const longestWaitMs = 6 * 60_000;

/**
 * longMs is a time that no waits within a flush add up to: a deadline that only a skip brings. So many of them as a test
 * has make no window too old.
 */
export const longMs: number = 10 ** 7;

/**
 * HandClock stands still until it is told to go on: no deadline comes and no wait ends by itself, however busy the
 * machine is. Its wall clock is the machine's, moved by `wallOffsetMs`.
 */
export class HandClock implements Clock {
  /** How far the wall clock is off; step it freely. */
  wallOffsetMs = 0;
  /** Whether waits between tries are over at once; the clock has moved on then. */
  passesWaits: boolean;
  #nowMs = 0;
  readonly #timers = new Set<Timer>();

  constructor(options: { readonly passesWaits?: boolean } = {}) {
    this.passesWaits = options.passesWaits ?? false;
  }

  unixMs(): number {
    return Date.now() + this.wallOffsetMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  schedule(callback: () => void, delayMs: number): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    if (this.passesWaits && delayMs >= shortestWaitMs && delayMs <= longestWaitMs) {
      setImmediate(() => this.#timers.has(timer) && this.skip(Math.max(0, timer.atMs - this.#nowMs)));
    }
    return () => this.#timers.delete(timer);
  }

  /** skip goes on by some time, ringing each timer that is due. */
  skip(ms: number): void {
    this.#nowMs += ms;
    const due = [...this.#timers].filter((timer) => timer.atMs <= this.#nowMs);
    for (const timer of due.toSorted((a, b) => a.atMs - b.atMs)) {
      this.#timers.delete(timer);
      timer.callback();
    }
  }
}
