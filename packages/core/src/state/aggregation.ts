import { emptyGaugeRow, gaugeRow } from './gauge-row.ts';
import { emptyHistogramRow, histogramRow } from './histogram-row.ts';
import type { InstrumentKind } from './metric.ts';

/** Aggregation is how the values of a metric are kept: it decides what a row of its slab and a point hold. */
export type Aggregation = 'sum' | 'gauge' | 'histogram' | 'exponential-histogram';

/** aggregationOf says how the values of an instrument are kept; `isExponential` matters for histograms only. */
export function aggregationOf(kind: InstrumentKind, isExponential: boolean): Aggregation {
  switch (kind) {
    case 'counter':
    case 'up-down-counter':
    case 'observed-counter':
    case 'observed-up-down-counter':
      return 'sum';
    case 'gauge':
    case 'observed-gauge':
      return 'gauge';
    case 'latency':
    case 'histogram':
      return isExponential ? 'exponential-histogram' : 'histogram';
  }
}

/** isMonotonic tells sums that only grow. */
export function isMonotonic(kind: InstrumentKind): boolean {
  return kind === 'counter' || kind === 'observed-counter';
}

/** emptyRow is what a new series' row in the slab holds. */
export function emptyRow(aggregation: Aggregation): readonly number[] {
  switch (aggregation) {
    case 'sum':
      return [0];
    case 'gauge':
      return emptyGaugeRow;
    case 'histogram':
      return emptyHistogramRow;
    case 'exponential-histogram':
      return [...emptyHistogramRow, 0];
  }
}

/**
 * firstCountingPlace is where in a row the numbers begin that change with every record: all from there on. Explicit
 * buckets have theirs elsewhere.
 */
export function firstCountingPlace(aggregation: Aggregation): number {
  switch (aggregation) {
    case 'sum':
      return 0;
    case 'gauge':
      return gaugeRow.sets;
    case 'histogram':
    case 'exponential-histogram':
      return histogramRow.exponentialCount;
  }
}
