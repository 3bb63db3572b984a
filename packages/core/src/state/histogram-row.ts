/**
 * Where a histogram's row keeps what. Sums are doubles, so they can't be told apart again by subtraction: a row keeps
 * the moments of the open window apart from those of all closed windows. Counts are exact and just run on: those of
 * explicit buckets in `BucketCounts`; of exponential buckets, how many values they hold is the last number of the row.
 */
export const histogramRow = {
  windowSum: 0,
  windowMin: 1,
  windowMax: 2,
  closedSum: 3,
  closedMin: 4,
  closedMax: 5,
  exponentialCount: 6,
} as const;

export const emptyHistogramRow: readonly number[] = [0, Infinity, -Infinity, 0, Infinity, -Infinity];

/** closeWindows adds the moments of the open window to those of the closed ones and begins a new window, in every row. */
export function closeWindows(values: Float64Array, width: number): void {
  for (let row = 0; row < values.length; row += width) {
    addMoments(values, row + histogramRow.closedSum, values, row + histogramRow.windowSum);
    values[row + histogramRow.windowSum] = 0;
    values[row + histogramRow.windowMin] = Infinity;
    values[row + histogramRow.windowMax] = -Infinity;
  }
}

/** addMoments merges the sum, min and max at `from` into those at `into`: for every row of a snapshot, so without names. */
export function addMoments(into: Float64Array, intoAt: number, from: Float64Array, fromAt: number): void {
  into[intoAt] = (into[intoAt] as number) + (from[fromAt] as number);
  into[intoAt + 1] = Math.min(into[intoAt + 1] as number, from[fromAt + 1] as number);
  into[intoAt + 2] = Math.max(into[intoAt + 2] as number, from[fromAt + 2] as number);
}
