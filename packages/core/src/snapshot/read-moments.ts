import { histogramRow } from '../state/histogram-row.ts';
import type { MetricData } from './metric-data.ts';
import type { Rows } from './rows.ts';

/** Moments are what a histogram knows of its values beside the buckets. */
export interface Moments {
  readonly sum: number;
  /** The smallest value, or `undefined` when there was none. */
  readonly min: number | undefined;
  /** The largest value, or `undefined` when there was none. */
  readonly max: number | undefined;
}

/** totalMoments reads the moments of all time: of the windows that were closed, and of the open one. */
export function totalMoments({ rows }: MetricData, row: number): Moments {
  return mergeMoments({ rows, at: histogramRow.windowSum }, { rows, at: histogramRow.closedSum }, row);
}

/** undeliveredMoments reads the moments since the last delivery: of the open window, and of those still undelivered. */
export function undeliveredMoments({ rows, carried }: MetricData, row: number): Moments {
  const open = { rows, at: histogramRow.windowSum };
  const isCarried = carried !== undefined && row < carried.length;
  return mergeMoments(open, isCarried ? { rows: carried, at: histogramRow.windowSum } : undefined, row);
}

/** Where in their rows moments begin: sum, then min, then max. */
interface MomentsAt {
  readonly rows: Rows;
  readonly at: number;
}

function mergeMoments(a: MomentsAt, b: MomentsAt | undefined, row: number): Moments {
  let sum = a.rows.number(row, a.at);
  let min = a.rows.number(row, a.at + 1);
  let max = a.rows.number(row, a.at + 2);
  if (b !== undefined) {
    sum += b.rows.number(row, b.at);
    min = Math.min(min, b.rows.number(row, b.at + 1));
    max = Math.max(max, b.rows.number(row, b.at + 2));
  }
  // Without a value the smallest is above the largest.
  return min > max ? { sum, min: undefined, max: undefined } : { sum, min, max };
}
