import type { PointRange } from '../exporter.ts';
import type { Rows } from '../snapshot/rows.ts';
import { addMoments, histogramRow } from '../state/histogram-row.ts';

/** withMergedMoments gives rows of histograms with the moments of earlier windows merged into theirs. */
export function withMergedMoments(rows: Rows, earlier: Rows): Rows {
  const values = rows.values.slice();
  for (let row = 0; row < earlier.length; row++) {
    const at = row * rows.width + histogramRow.windowSum;
    addMoments(values, at, earlier.values, at);
  }
  return rows.withValues(values);
}

/** withoutMoments gives rows of histograms with the moments of some of them as if nothing had been recorded. */
export function withoutMoments(rows: Rows, range: PointRange): Rows {
  const values = rows.values.slice();
  for (let row = range.from; row < Math.min(range.to, rows.length); row++) {
    values[row * rows.width + histogramRow.windowSum] = 0;
    values[row * rows.width + histogramRow.windowMin] = Infinity;
    values[row * rows.width + histogramRow.windowMax] = -Infinity;
  }
  return rows.withValues(values);
}

/** selectCarried gives some of the rows; those that did not exist yet have the moments of nothing. */
export function selectCarried(rows: Rows, selected: readonly number[]): Rows {
  let carried = rows.select(selected);
  for (const [newRow, row] of selected.entries()) {
    if (row >= rows.length) carried = withoutMoments(carried, { from: newRow, to: newRow + 1 });
  }
  return carried;
}
