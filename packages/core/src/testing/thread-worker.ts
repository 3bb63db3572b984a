import { Worker, parentPort, workerData } from 'node:worker_threads';
import { TelemetryHandle } from '../telemetry-handle.ts';
import type { SharedTelemetry } from '../threads/shared-telemetry.ts';
import { threadSteps } from './thread-steps.ts';

/** WorkerJob is what a worker of the tests does. */
export interface WorkerJob {
  readonly shared: SharedTelemetry;
  /** Where it counts the steps that it has completed, and, at 1, finds how many it is to make; −1: until it is stopped. */
  readonly tally: Int32Array;
  /** How many workers within workers there are to be: only the innermost one works. */
  readonly nesting: number;
  /** What it does when it is done. */
  readonly end: 'exit' | 'detach' | 'block';
}

const { shared, tally, nesting, end } = workerData as WorkerJob;
if (nesting > 0) {
  const { url, execArgv } = { url: new URL(import.meta.url), execArgv: process.execArgv };
  // oxlint-disable-next-line eslint/no-new -- it runs by itself
  new Worker(url, { execArgv, workerData: { shared, tally, nesting: nesting - 1, end } satisfies WorkerJob });
} else {
  const telemetry = TelemetryHandle.attach(shared);
  const record = threadSteps(telemetry);
  for (let step = Atomics.load(tally, 0); step !== Atomics.load(tally, 1); step++) {
    if (!record(step)) break;
    Atomics.store(tally, 0, step + 1);
  }
  if (end === 'detach') {
    telemetry.detach();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have none
    parentPort?.postMessage(telemetry.recordCounter('after.detach', 1).ok);
  }
  // The event loop of this thread does not go on.
  if (end === 'block') {
    Atomics.store(tally, 2, 1);
    Atomics.wait(tally, 3, 0);
  }
}
