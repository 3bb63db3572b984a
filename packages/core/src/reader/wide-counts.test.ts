import { expect, it } from 'vitest';
import type { MetricState } from '../state/metric-state.ts';
import { State } from '../state/state.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { stateOptions } from '../testing/state-options.ts';
import type { Distribution, HistogramPoint } from '../snapshot/point.ts';
import type { TakenSnapshot } from '../snapshot/taken-snapshot.ts';
import { Windows } from './windows.ts';

function makeMetric(temporality: 'cumulative' | 'delta') {
  const clock = new ManualClock();
  const state = new State(stateOptions, 0n);
  const windows = new Windows({
    state,
    clock,
    temporality,
    idleFlushesBeforeRetirement: 1,
    maxWindowAgeMs: 1000,
    resource: new Map(),
    labels: new Map(),
  });
  const found = state.metricFor('h', 'histogram');
  if (!found.ok) throw found.error;
  return { windows, metric: found.value };
}

/** Counts so many values in a bucket of a series, as a thread does that recorded them: one by one would take a minute. */
function count(metric: MetricState, chain: string, bucket: number, values: number): void {
  const cell = metric.reach({ chain });
  if (!cell.ok) throw cell.error;
  metric.counts?.add(cell.value.row, bucket, values);
}

function readValues({ count: all, bucketCounts }: Distribution) {
  return {
    all,
    counts: [...bucketCounts],
    byIndex: Array.from({ length: bucketCounts.length }, (_, i) => bucketCounts.at(i)),
  };
}

function read(snapshot: TakenSnapshot) {
  const points = [...snapshot.points] as HistogramPoint[];
  const [table] = snapshot.points.tables;
  if (table?.type !== 'histogram') throw new Error('expected a table of histograms');
  const byPoint = points.map((point) => ({ total: readValues(point.total), delta: readValues(point.delta) }));
  const byTable = points.map((_, row) => ({
    total: readValues(table.total(row)),
    delta: readValues(table.delta(row)),
  }));
  expect(byTable).toEqual(byPoint);
  expect(points.map((_, row) => table.isChanged(row))).toEqual(byPoint.map(({ delta }) => delta.all !== 0));
  for (const { total, delta } of byPoint) {
    expect(total.byIndex).toEqual(total.counts);
    expect(delta.byIndex).toEqual(delta.counts);
  }
  return byPoint.map(({ total, delta }) => ({
    total: [total.all, ...total.counts],
    delta: [delta.all, ...delta.counts],
  }));
}

it.each(['cumulative', 'delta'] as const)(
  'counts beyond 32 bits stay exact in points, deltas and the account (%s)',
  (temporality) => {
    const { windows, metric } = makeMetric(temporality);
    count(metric, 'a', 0, 2 ** 32 - 1);
    count(metric, 'a', 1, 5);
    count(metric, 'b', 1, 3);
    const first = windows.cut().snapshot;
    windows.settle(first, { from: 0, to: 2, outcome: { status: 'accepted' } });
    const largest = 2 ** 32 - 1;
    expect(read(first)).toEqual([
      { total: [largest + 5, largest, 5, 0], delta: [largest + 5, largest, 5, 0] },
      { total: [3, 0, 3, 0], delta: [3, 0, 3, 0] },
    ]);

    count(metric, 'a', 0, 1);
    count(metric, 'b', 2, 2 ** 40 + 7);
    count(metric, 'c', 0, 2 ** 33);
    const second = windows.cut().snapshot;
    const secondPoints = [
      { total: [2 ** 32 + 5, 2 ** 32, 5, 0], delta: [1, 1, 0, 0] },
      { total: [2 ** 40 + 10, 0, 3, 2 ** 40 + 7], delta: [2 ** 40 + 7, 0, 0, 2 ** 40 + 7] },
      { total: [2 ** 33, 2 ** 33, 0, 0], delta: [2 ** 33, 2 ** 33, 0, 0] },
    ];
    expect(read(second)).toEqual(secondPoints);
    windows.settle(second, { from: 1, to: 2, outcome: { status: 'accepted' } });
    expect(read(windows.look()).map(({ delta }) => delta)).toEqual([
      [1, 1, 0, 0],
      [0, 0, 0, 0],
      [2 ** 33, 2 ** 33, 0, 0],
    ]);
    const recorded = 2n ** 40n + 2n ** 33n + 2n ** 32n + 15n;
    expect(windows.account()).toMatchObject({ recorded, accepted: recorded - 2n ** 33n - 1n });

    // Whole multiples of 2^32 only: the lower bits are what they were.
    windows.settle(windows.cut().snapshot, { from: 0, to: 3, outcome: { status: 'accepted' } });
    count(metric, 'c', 0, 2 ** 32);
    const [, , c] = read(windows.look());
    expect(c).toEqual({ total: [3 * 2 ** 32, 3 * 2 ** 32, 0, 0], delta: [2 ** 32, 2 ** 32, 0, 0] });
    expect(windows.account()).toMatchObject({ recorded: recorded + 2n ** 32n, pending: 2n ** 32n });
    expect(read(second).map(({ total }) => total)).toEqual(secondPoints.map(({ total }) => total));
  },
);
