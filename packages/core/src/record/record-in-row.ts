import type { Cell } from '../state/cell.ts';
import { histogramRow } from '../state/histogram-row.ts';
import type { MetricState } from '../state/metric-state.ts';

/** So many values are put into their buckets one by one: to have the table of the bounds at hand can take longer. */
const fewValues = 4;

/** recordInRow records a value in a series' row. False, and nothing done, for one that is not finite or where there is no series. */
export function recordInRow(cell: Cell | undefined, value: number): boolean {
  // The difference is NaN for what is no finite number.
  if (cell === undefined || typeof value !== 'number' || value - value !== 0) return false;
  if (cell.isParked) return false;
  const { metric, row } = cell;
  if (metric.isShared) metric.own();
  recordOne(metric, row, value);
  return true;
}

/** recordAllInRow records the first `count` of some finite values, from 1 to 255, in the row of a series that is there. */
export function recordAllInRow({ metric, row }: Cell, recorded: readonly number[], count: number): void {
  if (metric.isShared) metric.own();
  const { slab, counts, explicitBounds } = metric;
  if (counts === undefined) recordAllInExponentialBuckets(metric, row, recorded, count);
  else if (count > fewValues && explicitBounds.canRecordAll && counts.hasRoom(row, count))
    explicitBounds.recordAll(recorded, count, slab, row, counts);
  else for (let i = 0; i < count; i++) recordOne(metric, row, recorded[i] as number);
}

function recordOne(metric: MetricState, row: number, value: number): void {
  const { slab, counts } = metric;
  const values = slab.chunkOf(row);
  const offset = slab.offsetOf(row);
  if (counts !== undefined) {
    counts.add(row, metric.explicitBounds.find(value), 1);
  } else {
    metric.ownBuckets(row).record(value);
    const count = offset + histogramRow.exponentialCount;
    values[count] = (values[count] as number) + 1;
  }
  const sum = offset + histogramRow.windowSum;
  values[sum] = (values[sum] as number) + value;
  const min = offset + histogramRow.windowMin;
  if (value < (values[min] as number)) values[min] = value;
  const max = offset + histogramRow.windowMax;
  if (value > (values[max] as number)) values[max] = value;
}

// Parameters without names: called for every batch of records.
function recordAllInExponentialBuckets(
  metric: MetricState,
  row: number,
  recorded: readonly number[],
  count: number,
): void {
  const values = metric.slab.chunkOf(row);
  const offset = metric.slab.offsetOf(row);
  let sum = values[offset + histogramRow.windowSum] as number;
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < count; i++) {
    const value = recorded[i] as number;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  values[offset + histogramRow.windowSum] = sum;
  if (min < (values[offset + histogramRow.windowMin] as number))
    values[offset + histogramRow.windowMin] = min;
  if (max > (values[offset + histogramRow.windowMax] as number))
    values[offset + histogramRow.windowMax] = max;
  const total = offset + histogramRow.exponentialCount;
  values[total] = (values[total] as number) + count;
  metric.ownBuckets(row).recordAll(recorded, count, min, max);
}
