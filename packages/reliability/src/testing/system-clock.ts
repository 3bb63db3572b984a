import type { Clock } from '@pqcnet/telemetry';

/** systemClock is the machine's: for what has to end by itself. */
export const systemClock: Clock = {
  unixMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  schedule(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
