import { ExponentialBuckets } from '../exponential/exponential-buckets.ts';
import { mergeBuckets } from '../exponential/merge-buckets.ts';
import { addToCounter, tryAdd } from '../record/counter.ts';
import { addToUpDownCounter } from '../record/up-down-counter.ts';
import { type Result, succeeded } from '../result.ts';
import type { Cell } from '../state/cell.ts';
import { gaugeRow } from '../state/gauge-row.ts';
import { addMoments, histogramRow } from '../state/histogram-row.ts';
import type { TelemetryError } from '../telemetry-error.ts';
import { gaugeLayout, highUnit, momentsLayout, sumLayout } from './row-layout.ts';
import { readBuckets } from './shared-exponential.ts';

/** TakenRow is what a worker recorded in a series, as it lies in shared memory. */
export interface TakenRow {
  readonly values: Float64Array;
  /** Where it begins. */
  readonly at: number;
  readonly isExponential: boolean;
  /** The bounds of the worker's buckets. */
  readonly bounds: readonly number[];
}

/** foldRow adds what a worker recorded to the series' cell. Fails with `COUNTER_OVERFLOW`, and nothing done. */
export function foldRow(cell: Cell, row: TakenRow): Result<void, TelemetryError> {
  switch (cell.metric.aggregation) {
    case 'sum':
      return foldSum(cell, row);
    case 'gauge':
      foldGauge(cell, row);
      return succeeded;
    case 'histogram':
    case 'exponential-histogram':
      foldDistribution(cell, row);
      return succeeded;
  }
}

/** What a row stands for in the unit of the account: a sum itself, the number of a histogram's records, a gauge's sets. */
export function amountIn(aggregation: Cell['metric']['aggregation'], row: TakenRow): bigint {
  const { values, at } = row;
  switch (aggregation) {
    case 'sum':
      return sumIn(row);
    case 'gauge':
      return BigInt(values[at + gaugeLayout.sets] as number);
    case 'histogram':
    case 'exponential-histogram':
      return BigInt(countIn(row));
  }
}

function foldSum(cell: Cell, row: TakenRow): Result<void, TelemetryError> {
  const { values, at } = row;
  if (cell.metric.kind !== 'counter') return addToUpDownCounter(cell, sumIn(row));
  const isSafe = values[at + sumLayout.high] === 0;
  return isSafe && tryAdd(cell, values[at + sumLayout.low] as number)
    ? succeeded
    : addToCounter(cell, sumIn(row));
}

function sumIn({ values, at }: TakenRow): bigint {
  return (
    BigInt(values[at + sumLayout.high] as number) * highUnit + BigInt(values[at + sumLayout.low] as number)
  );
}

/** The value that was set last wins, whoever set it. */
function foldGauge(cell: Cell, row: TakenRow): void {
  const { values, offset } = cell;
  const unixMs = row.values[row.at + gaugeLayout.unixMs] as number;
  const sets = offset + gaugeRow.sets;
  if (values[sets] === 0 || unixMs >= (values[offset + gaugeRow.unixMs] as number)) {
    values[offset + gaugeRow.value] = row.values[row.at + gaugeLayout.value] as number;
    values[offset + gaugeRow.unixMs] = unixMs;
  }
  values[sets] = (values[sets] as number) + (row.values[row.at + gaugeLayout.sets] as number);
}

function foldDistribution(cell: Cell, row: TakenRow): void {
  if (cell.metric.isShared) cell.metric.own();
  const { metric } = cell;
  const values = metric.slab.chunkOf(cell.row);
  const offset = metric.slab.offsetOf(cell.row);
  addMoments(values, offset + histogramRow.windowSum, row.values, row.at + momentsLayout.sum);
  const { counts } = metric;
  if (counts === undefined) {
    const total = offset + histogramRow.exponentialCount;
    const own = metric.ownBuckets(cell.row);
    if (row.isExponential) mergeBuckets(own, readBuckets(row.values, row.at));
    else forEachBucket(row, (value, count) => mergeBuckets(own, bucketsOf(value, count)));
    values[total] = (values[total] as number) + countIn(row);
    return;
  }
  if (row.isExponential || !isSame(row.bounds, metric.bounds)) {
    forEachBucket(row, (value, count) => counts.add(cell.row, metric.explicitBounds.find(value), count));
    return;
  }
  const from = row.at + momentsLayout.buckets;
  for (let i = 0; i <= row.bounds.length; i++) counts.add(cell.row, i, row.values[from + i] as number);
}

function countIn(row: TakenRow): number {
  let count = 0;
  if (row.isExponential) {
    const { zeroCount, positive, negative } = readBuckets(row.values, row.at);
    count = zeroCount;
    for (const each of positive.counts) count += each;
    for (const each of negative.counts) count += each;
    return count;
  }
  const from = row.at + momentsLayout.buckets;
  for (let i = 0; i <= row.bounds.length; i++) count += row.values[from + i] as number;
  return count;
}

/**
 * Where a worker's buckets are not those of the metric, all values of a bucket are taken to be at its upper bound, or
 * at the largest value if that is less: the count stays exact, and sum, min and max are no matter of buckets.
 */
function forEachBucket(row: TakenRow, add: (value: number, count: number) => void): void {
  const { values, at, bounds } = row;
  const min = values[at + momentsLayout.min] as number;
  const max = values[at + momentsLayout.max] as number;
  const addAt = (value: number, count: number): void => {
    if (count > 0) add(Math.max(min, Math.min(value, max)), count);
  };
  if (!row.isExponential) {
    for (let i = 0; i <= bounds.length; i++) {
      addAt(bounds[i] ?? max, values[at + momentsLayout.buckets + i] as number);
    }
    return;
  }
  const { scale, zeroCount, positive, negative } = readBuckets(values, at);
  const border = (index: number): number => 2 ** (index / 2 ** scale);
  for (const [i, count] of negative.counts.entries()) addAt(-border(negative.offset + i), count);
  addAt(0, zeroCount);
  for (const [i, count] of positive.counts.entries()) addAt(border(positive.offset + i + 1), count);
}

/** Buckets in which one value is counted so many times. */
function bucketsOf(value: number, count: number): ExponentialBuckets {
  const buckets = new ExponentialBuckets(0);
  buckets.record(value);
  buckets.zeroCount *= count;
  for (const range of [buckets.positive, buckets.negative]) {
    if (range.length > 0) range.add(range.offset, count - 1);
  }
  return buckets;
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((bound, i) => bound === b[i]));
}
