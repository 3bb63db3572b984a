import type { Clock } from '@pqcnet/telemetry';

/** SteppedClock has a wall clock that only moves when it is told to; its timers are the machine's. */
export class SteppedClock implements Clock {
  #unixMs: number;

  constructor(unixMs: number) {
    this.#unixMs = unixMs;
  }

  unixMs(): number {
    return this.#unixMs;
  }

  /** step moves the wall clock on. */
  step(milliseconds: number): void {
    this.#unixMs += milliseconds;
  }

  monotonicMs(): number {
    return performance.now();
  }

  schedule(callback: () => void, delayMs: number): () => void {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  }
}
