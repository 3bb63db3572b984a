import type { PointRange } from '../exporter.ts';
import type { Rows } from '../snapshot/rows.ts';
import { addMoments, histogramRow } from '../state/histogram-row.ts';
import { RowRanges } from './row-ranges.ts';

/**
 * CarriedMoments is the moments of all windows of a histogram that were closed for exports and are still part of the open
 * one. Rows that it gave away are not changed any more.
 */
export class CarriedMoments {
  #rows: Rows | undefined = undefined;
  /** Rows that are settled, but still in `#rows`. */
  #settled = RowRanges.none;

  /** Rows with these moments, or `undefined` when there are none. */
  get rows(): Rows | undefined {
    if (this.#rows !== undefined && this.#settled !== RowRanges.none) {
      this.#rows = withoutMoments(this.#rows, this.#settled.ranges);
      this.#settled = RowRanges.none;
    }
    return this.#rows;
  }

  /** add takes in the window that the rows of a snapshot end. */
  add(rows: Rows): void {
    const earlier = this.rows;
    this.#rows = earlier === undefined ? rows : withMergedMoments(rows, earlier);
  }

  /** settle lets go of the moments of some rows. */
  settle(range: PointRange): void {
    if (this.#rows === undefined) return;
    this.#settled = this.#settled.with(range);
    if (!this.#settled.isAllOf(this.#rows.length)) return;
    this.#rows = undefined;
    this.#settled = RowRanges.none;
  }

  /** keepRows keeps only some of the rows; those that did not exist yet have the moments of nothing. */
  keepRows(kept: readonly number[]): void {
    const { rows } = this;
    if (rows === undefined) return;
    const isNew = ([, row]: [number, number]): boolean => row >= rows.length;
    const empty = [...kept.entries()].filter(isNew).map(([row]) => ({ from: row, to: row + 1 }));
    this.#rows = withoutMoments(rows.select(kept), empty);
  }
}

function withMergedMoments(rows: Rows, earlier: Rows): Rows {
  const values = rows.values.slice();
  for (let row = 0; row < earlier.length; row++) {
    const at = row * rows.width + histogramRow.windowSum;
    addMoments(values, at, earlier.values, at);
  }
  return rows.withValues(values);
}

/** The same rows with some as if nothing had been recorded. */
function withoutMoments(rows: Rows, ranges: readonly PointRange[]): Rows {
  const values = rows.values.slice();
  for (const { from, to } of ranges) {
    for (let row = from; row < Math.min(to, rows.length); row++) {
      values[row * rows.width + histogramRow.windowSum] = 0;
      values[row * rows.width + histogramRow.windowMin] = Infinity;
      values[row * rows.width + histogramRow.windowMax] = -Infinity;
    }
  }
  return rows.withValues(values);
}
