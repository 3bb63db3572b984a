import { Worker } from 'node:worker_threads';
import { makeHandle, sumOfCounters, tallyOfHistograms } from '../contenders/make-handle.ts';
import { moduleBeside } from '../module-beside.ts';
import { makeSeries } from '../record/series-attributes.ts';
import type { Effort, Measure, Row } from '../row.ts';
import type { PostedRecord, WorkerTask } from './worker-task.ts';

/**
 * Measures in a worker, whose records end in the series of a handle on the main thread. CPU time is that of both
 * threads; the worker waits for the main thread wherever that has a share in the work.
 */
async function measureInWorker(
  effort: Effort,
  { kind, series }: { readonly kind: WorkerTask['kind']; readonly series: number },
): Promise<readonly Measure[]> {
  const owner = makeHandle();
  const posted = makeHandle();
  const bound = makeSeries(series).map((attributes, i) =>
    kind === 'counter'
      ? posted.counter(`ingest.accepted.${i % 10}`, { attributes })
      : posted.latency(`pipeline.${i % 10}`, { attributes }),
  );
  const tally = kind === 'counter' ? sumOfCounters : tallyOfHistograms;
  const dealtWith = new Int32Array(new SharedArrayBuffer(4));
  const { promise, resolve, reject } = Promise.withResolvers<readonly Measure[]>();
  const worker = new Worker(moduleBeside('./recording-worker', import.meta.url), {
    workerData: { effort, kind, series, shared: owner.share(), dealtWith } satisfies WorkerTask,
  });
  worker.on('message', (message: PostedRecord | 'tallies' | { readonly measures: readonly Measure[] }) => {
    if (message === 'tallies') {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have none
      worker.postMessage({ owner: tally(owner.snapshot()), posted: tally(posted.snapshot()) });
    } else if ('measures' in message) resolve(message.measures);
    else {
      const instrument = bound[message.series];
      if (instrument !== undefined && 'add' in instrument) instrument.add(message.value);
      else instrument?.record(message.value);
      Atomics.add(dealtWith, 0, 1);
      Atomics.notify(dealtWith, 0);
    }
  });
  worker.on('error', reject);
  try {
    return await promise;
  } finally {
    await worker.terminate();
  }
}

export const recordInWorkerRows: readonly Row[] = [
  {
    id: 'thread-bound-counter',
    group: 'threads',
    title: 'in a worker: bound counter add(n), 64 series of the main thread',
    run: (effort) => measureInWorker(effort, { kind: 'counter', series: 64 }),
  },
  {
    id: 'thread-bound-latency',
    group: 'threads',
    title: 'in a worker: bound latency record(ms), 64 series of the main thread',
    run: (effort) => measureInWorker(effort, { kind: 'latency', series: 64 }),
  },
];
