/** SLICE_MS is how long work goes on before the event loop gets a turn: what begins and ends an export comes on top. */
const SLICE_MS = 0.75;

/** Pace divides long work into slices. */
export interface Pace {
  /** start begins a slice, and gives what says that it is over. */
  start(): () => boolean;
  /** pause resolves when the event loop has had a turn. */
  pause(): Promise<void>;
}

/** eventLoopPace makes slices of less than a millisecond. */
export const eventLoopPace: Pace = {
  start() {
    const end = performance.now() + SLICE_MS;
    return () => performance.now() >= end;
  },
  pause: () => new Promise((resolve) => void setImmediate(resolve)),
};
