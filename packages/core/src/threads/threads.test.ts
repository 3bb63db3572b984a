import { Worker } from 'node:worker_threads';
import { isDeepStrictEqual } from 'node:util';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TelemetryHandle, type TelemetryHandleOptions } from '../index.ts';
import { runWorker } from '../testing/run-worker.ts';
import { threadSteps } from '../testing/thread-steps.ts';
import { totalsOf } from '../testing/totals-of.ts';

function makeHandle(options: Partial<TelemetryHandleOptions> = {}): TelemetryHandle {
  return new TelemetryHandle({
    exporter: { temporality: 'cumulative', export: async () => ({ status: 'accepted' }) },
    ...options,
  });
}

/** What there is when all of these numbers of steps were recorded on one thread. */
function totalsAfter(steps: readonly number[], options: Partial<TelemetryHandleOptions> = {}) {
  const handle = makeHandle(options);
  for (const each of steps) {
    const record = threadSteps(handle);
    for (let step = 0; step < each; step++) record(step);
  }
  return totalsOf(handle.snapshot());
}

/** Waits until a number of threads is attached. */
async function untilAttached(handle: TelemetryHandle, attached: number): Promise<void> {
  while (handle.threads().attached !== attached) await nextTurn();
}

describe.each(['explicit', 'exponential'] as const)('threads with %s buckets', (latencyHistogram) => {
  const options = { latencyHistogram };

  it('has everything that several workers recorded, into the same and into other series', async () => {
    const handle = makeHandle(options);
    const steps = [400_000, 500_000, 154_321];
    const workers = steps.map((each) => runWorker(handle.share(), { steps: each }));
    const running = new Set(workers);
    const exited = workers.map((worker) => worker.exited.finally(() => running.delete(worker)));
    // The owner looks all the time, and sees no record twice or in part.
    while (running.size > 0) {
      handle.snapshot();
      await nextTurn();
    }
    await Promise.all(exited);
    expect(totalsOf(handle.snapshot())).toEqual(totalsAfter(steps, options));
    expect(handle.threads().refused.size).toBe(0);
    await untilAttached(handle, 0);
  });

  it('has what a worker completed before it was terminated, at whatever instruction, and at most one record more', async () => {
    const handle = makeHandle(options);
    const model = makeHandle(options);
    for (let i = 0; i < 12; i++) {
      const worker = runWorker(handle.share(), { nesting: i % 4 === 3 ? 1 : 0 });
      await worker.reached(1 + ((i * 7919) % 1500));
      if (i % 2 === 0) await handle.flush();
      await worker.worker.terminate();
      await untilAttached(handle, 0);
      const record = threadSteps(model);
      const completed = worker.steps();
      for (let step = 0; step < completed; step++) record(step);
      const totals = totalsOf(handle.snapshot());
      if (!isDeepStrictEqual(totals, totalsOf(model.snapshot()))) record(completed);
      expect(totals).toEqual(totalsOf(model.snapshot()));
    }
    expect((await handle.shutdown()).ok).toBe(true);
  });
});

describe('threads', () => {
  it('are seen by a flush while they are blocked', async () => {
    const handle = makeHandle();
    const worker = runWorker(handle.share(), { steps: 5000, end: 'block' });
    await worker.reached(5001);
    const result = await handle.flush();
    expect(result.ok && totalsOf(result.value.snapshot)).toEqual(totalsAfter([5000]));
    await worker.worker.terminate();
    await untilAttached(handle, 0);
    expect(totalsOf(handle.snapshot())).toEqual(totalsAfter([5000]));
  });

  it('record into what they share with the owner from one shared value, nested, too, and detach', async () => {
    const handle = makeHandle();
    const shared = handle.share();
    const workers = [0, 1, 2].map((nesting) => runWorker(shared, { steps: 1000, nesting, end: 'detach' }));
    const record = threadSteps(handle);
    for (let step = 0; step < 1000; step++) record(step);
    await Promise.all(workers.map((worker) => worker.exited));
    await untilAttached(handle, 0);
    expect(totalsOf(handle.snapshot())).toEqual(totalsAfter([1000, 1000, 1000, 1000]));
  });

  it('record nothing any more once the owner was shut down', async () => {
    const handle = makeHandle();
    const worker = runWorker(handle.share());
    await worker.reached(100);
    const result = await handle.shutdown();
    await worker.exited;
    const steps = worker.steps();
    expect(result.ok && totalsOf(result.value.snapshot)).toEqual(totalsAfter([steps]));
    expect(handle.account().pending).toBe(0n);
  });

  it('are attached 64 at a time', () => {
    const handle = makeHandle();
    const shared = handle.share();
    const attached = Array.from({ length: 64 }, () => TelemetryHandle.attach(shared));
    for (const each of attached) each.recordCounter('records', 1);
    expect(handle.threads().attached).toBe(64);
    expect(() => TelemetryHandle.attach(shared)).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_THREADS' }),
    );
    attached[7]?.detach();
    expect(handle.snapshot().total('records')).toBe(64n);
    const late = TelemetryHandle.attach(shared);
    late.recordCounter('records', 1);
    expect(handle.snapshot().total('records')).toBe(65n);
    expect(attached[7]?.recordCounter('records', 1)).toMatchObject({
      ok: false,
      error: { code: 'SHUT_DOWN' },
    });
    expect(handle.snapshot().total('records')).toBe(65n);
  });

  it('keep no process alive that shared its handle', async () => {
    const worker = new Worker(
      `const { TelemetryHandle } = await import(${JSON.stringify(new URL('../index.ts', import.meta.url).href)});
       const handle = new TelemetryHandle({ exporter: { temporality: 'delta', export: async () => ({ status: 'accepted' }) } });
       TelemetryHandle.attach(handle.share()).recordCounter('records', 1);`,
      { eval: true, execArgv: ['--conditions=@pqcnet/source', '--input-type=module'] },
    );
    await new Promise((resolve) => worker.on('exit', resolve));
  });
});
