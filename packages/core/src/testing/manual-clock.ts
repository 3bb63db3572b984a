import type { Clock } from '../clock.ts';

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
  readonly keepsProcessAlive: boolean;
}

/** ManualClock stands still until it is told to go on. */
export class ManualClock implements Clock {
  /** The wall clock; step it freely. */
  wallMs = 1_700_000_000_000;
  #monotonicMs = 0;
  readonly #timers = new Set<Timer>();

  unixMs(): number {
    return this.wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  schedule(
    callback: () => void,
    delayMs: number,
    options: { readonly keepsProcessAlive: boolean },
  ): () => void {
    const timer = { atMs: this.#monotonicMs + delayMs, callback, ...options };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get timers(): readonly Timer[] {
    return [...this.#timers];
  }

  /** Goes on by some time, ringing each timer when it is due. */
  advance(ms: number): void {
    const endMs = this.#monotonicMs + ms;
    for (;;) {
      const due = this.timers.filter((timer) => timer.atMs <= endMs).toSorted((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#pass(due.atMs - this.#monotonicMs);
      due.callback();
    }
    this.#pass(endMs - this.#monotonicMs);
  }

  /** Time goes by without a timer ringing, as in a process that was suspended. */
  suspend(ms: number): void {
    this.#pass(ms);
  }

  #pass(ms: number): void {
    this.#monotonicMs += ms;
    this.wallMs += ms;
  }
}
