import { deepStrictEqual } from 'node:assert';
import { Counter, Histogram, Registry } from 'prom-client';
import { makeHandle, sumOfCounters, tallyOfHistograms } from '../contenders/make-handle.ts';
import { makeMeter, sumOfCollected, tallyOfCollected } from '../contenders/make-meter.ts';
import {
  type ManySeriesOptions,
  type SeriesKind,
  metricNames,
  metricOf,
  oursWithManySeries,
  peerWithManySeries,
} from '../contenders/many-series.ts';
import { type Runner, batchFor, measureRuns, repetitionsFor } from '../measure/measure-runs.ts';
import { defaultBounds } from '../record/bound-latency.ts';
import { makeSeries } from '../record/series-attributes.ts';
import type { Effort, Figure, Measure, Row, Target } from '../row.ts';
import { readCollected, readTotals, readTotalsAndDeltas } from './read-points.ts';

/** SnapshotRunner can also check that the contender holds what was recorded. */
interface SnapshotRunner extends Runner {
  check(): Promise<void>;
}

/** What is read is kept here, so that reading can't be optimized away. */
let digest = 0;

async function makeOurs(options: ManySeriesOptions) {
  const handle = makeHandle();
  const many = oursWithManySeries(handle, options);
  many.recordAll();
  // From the second flush on there is something that the deltas count from.
  await handle.flush();
  const takeAndRead: SnapshotRunner = {
    contender: '@pqcnet/telemetry',
    prepare: () => many.recordAll(),
    run() {
      digest += readTotals(handle.snapshot());
    },
    async check() {
      const tally = options.kind === 'counter' ? sumOfCounters : tallyOfHistograms;
      deepStrictEqual(tally(handle.snapshot()), many.tally(), 'the tally of @pqcnet/telemetry');
    },
  };
  const takeAndReadAll: Runner = {
    contender: '@pqcnet/telemetry',
    prepare: () => many.recordAll(),
    run() {
      digest += readTotalsAndDeltas(handle.snapshot());
    },
  };
  const take: Runner = {
    contender: '@pqcnet/telemetry',
    prepare: () => many.recordAll(),
    run() {
      digest += handle.snapshot().points.length;
    },
  };
  const recordAfter: Runner = {
    contender: '@pqcnet/telemetry',
    prepare() {
      digest += handle.snapshot().points.length;
    },
    run: () => many.recordAll(),
  };
  return { takeAndRead, takeAndReadAll, take, recordAfter };
}

function makePeer(options: ManySeriesOptions) {
  const { meter, collect } = makeMeter();
  const many = peerWithManySeries(meter, options);
  many.recordAll();
  const takeAndRead: SnapshotRunner = {
    contender: 'OpenTelemetry JS',
    prepare: () => many.recordAll(),
    async run() {
      digest += readCollected((await collect()).resourceMetrics);
    },
    async check() {
      const tally = options.kind === 'counter' ? sumOfCollected : tallyOfCollected;
      deepStrictEqual(tally(await collect()), many.tally(), 'the tally of OpenTelemetry JS');
    },
  };
  const recordAfter: Runner = {
    contender: 'OpenTelemetry JS',
    async prepare() {
      await collect();
    },
    run: () => many.recordAll(),
  };
  return { takeAndRead, recordAfter };
}

function makePrometheus({ kind, series }: ManySeriesOptions): Runner {
  const registry = new Registry();
  const metrics = metricNames(series).map((name) => {
    const options = {
      name: name.replaceAll('.', '_'),
      help: name,
      labelNames: ['chain', 'account'],
      registers: [registry],
    };
    return kind === 'counter' ? new Counter(options) : new Histogram({ ...options, buckets: defaultBounds });
  });
  for (const [i, { chain, account }] of makeSeries(series).entries()) {
    const metric = metrics[metricOf(i)];
    if (metric instanceof Counter) metric.inc({ chain, account }, i);
    else metric?.observe({ chain, account }, i);
  }
  return {
    contender: 'prom-client',
    async run() {
      for (const { values } of await registry.getMetricsAsJSON()) {
        for (const { value } of values) digest += value;
      }
    },
  };
}

async function runSnapshotRow(
  options: ManySeriesOptions & { readonly takeTarget?: Target | undefined },
  effort: Effort,
): Promise<readonly Measure[]> {
  const ours = await makeOurs(options);
  const peer = makePeer(options);
  const times = {
    repetitions: repetitionsFor(options.series, effort.repetitions),
    batch: batchFor(options.series),
  };
  const read = await measureRuns(
    [ours.takeAndRead, ours.takeAndReadAll, peer.takeAndRead, makePrometheus(options)],
    times,
  );
  const [totals, totalsAndDeltas, ...others] = read.cpuMs as [Figure, Figure, ...Figure[]];
  const take = await measureRuns([ours.take], times);
  const after = await measureRuns([ours.recordAfter, peer.recordAfter], { ...times, batch: 1 });
  for (const runner of [ours.takeAndRead, peer.takeAndRead]) await runner.check();
  if (!Number.isFinite(digest)) throw new Error(`expected a digest, found ${digest}`);
  return [
    {
      what: 'taking it and reading every total',
      unit: 'ms',
      figures: [totals, ...others],
      target: { kind: 'times', atLeast: 10 },
    },
    { what: '… and every delta, too', unit: 'ms', figures: [totalsAndDeltas, ...others] },
    { what: 'taking it, event loop', unit: 'ms', figures: take.loopMs, target: options.takeTarget },
    { what: 'the next record of every series', unit: 'ms', figures: after.cpuMs },
  ];
}

const kinds: readonly { readonly kind: SeriesKind; readonly name: string; readonly takeMs: number }[] = [
  { kind: 'counter', name: 'counters', takeMs: 2 },
  { kind: 'histogram', name: 'histograms', takeMs: 10 },
];

export const snapshotRows: readonly Row[] = [10_000, 100_000].flatMap((series) =>
  kinds.map(({ kind, name, takeMs }): Row => ({
    id: `snapshot-${series / 1000}k-${name}`,
    group: 'snapshot',
    title: `snapshot of ${series / 1000} k ${name}`,
    async run(effort) {
      if (series > effort.maxSeries) return { skipped: `more than ${effort.maxSeries} series` };
      const takeTarget = series === 100_000 ? ({ kind: 'limit', atMost: takeMs } as const) : undefined;
      return runSnapshotRow({ kind, series, takeTarget }, effort);
    },
  })),
);
