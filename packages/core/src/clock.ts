/** Clock is where all time comes from; swap it in tests. */
export interface Clock {
  /** Wall-clock time in milliseconds since the Unix epoch. May step in either direction. */
  unixMs(): number;
  /** Milliseconds on a scale that never runs backwards; only differences mean anything. */
  monotonicMs(): number;
  /** schedule calls back once after `delayMs` (0 to 2^31 − 1) and returns what cancels it. */
  schedule(callback: () => void, delayMs: number, options: ScheduleOptions): () => void;
}

/** ScheduleOptions says how a timer counts. */
export interface ScheduleOptions {
  /** Whether the process stays alive for this timer. */
  readonly keepsProcessAlive: boolean;
}

/** systemClock is the clock of the machine. */
export const systemClock: Clock = {
  unixMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  schedule(callback, delayMs, { keepsProcessAlive }) {
    const timer = setTimeout(callback, delayMs);
    if (!keepsProcessAlive) timer.unref();
    return () => clearTimeout(timer);
  },
};
