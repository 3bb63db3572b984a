import { CollectorError } from './collector-error.ts';
import { withoutDuplicates } from './find-duplicates.ts';
import { cumulativeRuns, groupSeries } from './group-series.ts';
import type { MetricPoint, SumPoint } from './metric-point.ts';

/** How to add up points that arrived. */
export interface SumOptions {
  /**
   * `'count'` adds a delta window every time it arrives, as a receiver without deduplication does. `'once'` adds it once
   * for all requests with identical bodies. Cumulative points are the same either way. `'count'` unless given.
   */
  readonly duplicates?: 'count' | 'once';
}

/**
 * sumPoints adds up the points of a sum over all its series: delta windows are added; of a cumulative series the last
 * value of each run between resets is, and of one that can fall (an up-down counter) only the last run's. Exact: integers
 * that were sent as doubles count as integers.
 *
 * @throws CollectorError WRONG_KIND when there are points of another kind, NOT_AN_INTEGER when a double has a fraction
 */
export function sumPoints(points: readonly MetricPoint[], { duplicates = 'count' }: SumOptions = {}): bigint {
  const sums = points.map((point) => {
    if (point.kind === 'sum') return point;
    throw new CollectorError('WRONG_KIND', `${point.name} is a ${point.kind}, not a sum`);
  });
  let total = 0n;
  for (const series of groupSeries(sums).values()) {
    for (const point of contributing(series, duplicates)) total += integerValue(point);
  }
  return total;
}

function contributing(series: readonly SumPoint[], duplicates: 'count' | 'once'): readonly SumPoint[] {
  if (series[0]?.temporality !== 'cumulative') {
    return duplicates === 'once' ? withoutDuplicates(series) : series;
  }
  const runs = cumulativeRuns(
    series,
    (before, after) => after.monotonic && (after.value ?? 0) < (before.value ?? 0),
  );
  return series[0].monotonic ? runs : runs.slice(-1);
}

function integerValue({ value = 0n, name }: SumPoint): bigint {
  if (typeof value === 'bigint') return value;
  if (Number.isInteger(value)) return BigInt(value);
  throw new CollectorError(
    'NOT_AN_INTEGER',
    `${name} has the value ${value}: read it with metrics({ name })`,
  );
}
