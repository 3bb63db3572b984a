import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { SharedTelemetry } from '../threads/shared-telemetry.ts';
import type { WorkerJob } from './thread-worker.ts';

/** SteppingWorker is a worker that records step after step. */
export interface SteppingWorker {
  readonly worker: Worker;
  /** How many steps it has completed. */
  steps(): number;
  /** Resolves when it has completed so many steps, or is blocked at its end. */
  reached(steps: number): Promise<void>;
  readonly exited: Promise<unknown>;
}

/** runWorker starts a worker that makes `threadSteps` in what is shared. */
export function runWorker(
  shared: SharedTelemetry,
  options: {
    readonly steps?: number;
    readonly nesting?: number;
    readonly end?: WorkerJob['end'];
  } = {},
): SteppingWorker {
  const { steps = -1, nesting = 0, end = 'exit' } = options;
  const tally = new Int32Array(new SharedArrayBuffer(16));
  tally[1] = steps;
  const worker = new Worker(new URL('./thread-worker.ts', import.meta.url), {
    workerData: { shared, tally, nesting, end } satisfies WorkerJob,
    execArgv: ['--conditions=@pqcnet/source'],
  });
  const exited = once(worker, 'exit');
  return {
    worker,
    exited,
    steps: () => Atomics.load(tally, 0),
    reached: async (reached) => {
      while (Atomics.load(tally, 0) < reached && Atomics.load(tally, 2) === 0) await nextTurn();
    },
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
