import { deepStrictEqual } from 'node:assert';
import { TelemetryHandle } from '@pqcnet/telemetry-core';
import { makeHandle, sumOfCounters } from '../contenders/make-handle.ts';
import { type ManySeries, oursWithManySeries, peerWithManySeries } from '../contenders/many-series.ts';
import { makeMeter, sumOfCollected } from '../contenders/make-meter.ts';
import { type Runner, measureRuns } from '../measure/measure-runs.ts';
import type { Tally } from '../record/recorder.ts';
import type { Effort, Measure, Row } from '../row.ts';

const mostSeries = 10_000;

/**
 * What a snapshot costs the owner when so many threads have recorded into the same series, all of them since the last
 * one. The threads are attached on one and the same thread, where their memory is as it is between threads. The peer has
 * one SDK per thread: all of them collect.
 */
async function measureFold(effort: Effort, threads: number): Promise<readonly Measure[]> {
  const series = Math.min(mostSeries, effort.maxSeries);
  const ours = foldOurs(threads, series);
  const peers = collectPeers(threads, series);
  const { cpuMs } = await measureRuns([ours.runner, peers.runner], {
    repetitions: effort.repetitions,
    batch: 1,
  });
  await ours.check();
  await peers.check();
  return [{ what: 'CPU of a snapshot', unit: 'ms', figures: cpuMs, target: { kind: 'times', atLeast: 2 } }];
}

interface Folded {
  readonly runner: Runner;
  /** Throws when it does not report what was recorded. */
  check(): void | Promise<void>;
}

function foldOurs(threads: number, series: number): Folded {
  const owner = makeHandle({ cardinalityLimit: series + 1 });
  const shared = owner.share();
  const recorders = Array.from({ length: threads }, () =>
    oursWithManySeries(TelemetryHandle.attach(shared), { kind: 'counter', series }),
  );
  return {
    runner: {
      contender: '@pqcnet/telemetry',
      prepare: () => recordAll(recorders),
      run: () => owner.snapshot(),
    },
    check: () => deepStrictEqual(sumOfCounters(owner.snapshot()), tallyOf(recorders)),
  };
}

function collectPeers(threads: number, series: number): Folded {
  const meters = Array.from({ length: threads }, () => makeMeter({ cardinalityLimit: series + 1 }));
  const recorders = meters.map(({ meter }) => peerWithManySeries(meter, { kind: 'counter', series }));
  return {
    runner: {
      contender: 'OpenTelemetry JS',
      prepare: () => recordAll(recorders),
      run: () => Promise.all(meters.map(({ collect }) => collect())),
    },
    check: async () => {
      let sum = 0;
      for (const { collect } of meters) sum += sumOfCollected(await collect())[0] ?? 0;
      deepStrictEqual([sum], tallyOf(recorders));
    },
  };
}

function recordAll(recorders: readonly ManySeries[]): void {
  for (const recorder of recorders) recorder.recordAll();
}

function tallyOf(recorders: readonly ManySeries[]): Tally {
  return [recorders.reduce((all, recorder) => all + (recorder.tally()[0] ?? 0), 0)];
}

export const foldThreadsRows: readonly Row[] = [1, 4, 16].map((threads) => ({
  id: `fold-threads-${threads}`,
  group: 'threads',
  title: `snapshot of 10 k series that ${threads} ${threads === 1 ? 'thread has' : 'threads have'} recorded in`,
  run: (effort) => measureFold(effort, threads),
}));
