import { expect, it } from 'vitest';
import { histogramRow } from '../state/histogram-row.ts';
import { State } from '../state/state.ts';
import { stateOptions } from '../testing/state-options.ts';
import { recordAllInRow } from './record-in-row.ts';

it.each([5, 20, 255])('counts on exactly where a bucket passes 2^32 in the midst of %d values', (count) => {
  const metric = new State(stateOptions, 0n).metricFor('h', 'histogram');
  if (!metric.ok) throw metric.error;
  const cell = metric.value.reach({ chain: 'base' });
  if (!cell.ok) throw cell.error;
  const { row } = cell.value;
  const { counts, slab } = metric.value;
  const windowSum = (): unknown => slab.chunkOf(row)[slab.offsetOf(row) + histogramRow.windowSum];
  for (const before of [2 ** 32 - 3, 2 ** 32 - count, 2 ** 32 - count - 1]) {
    const reached = counts?.copy().count(row, 1) ?? 0;
    counts?.add(row, 1, before - (reached % 2 ** 32));
    const sum = windowSum() as number;
    const countedBefore = counts?.copy().count(row, 1) ?? 0;
    recordAllInRow(cell.value, Array.from({ length: 255 }).fill(15) as number[], count);
    expect(counts?.copy().count(row, 1)).toBe(countedBefore + count);
    expect(counts?.copy().sum()).toBe(BigInt(countedBefore + count));
    expect(windowSum()).toBe(sum + 15 * count);
  }
});
