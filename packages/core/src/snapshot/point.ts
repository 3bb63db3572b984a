import type { Series } from '../state/series.ts';

/** Point is one series' data in a snapshot. `type` tells what it holds. Points don't change. */
export type Point = SumPoint | HistogramPoint | GaugePoint;

/**
 * SumPoint is a counter's data.
 * Whole numbers: `number` while it is a safe integer, `bigint` beyond.
 */
export interface SumPoint {
  readonly type: 'sum';
  readonly series: Series;
  /** When the running total began, in nanoseconds since the Unix epoch. */
  readonly startTimeUnixNano: bigint;
  /** What was added since the last delivered flush. */
  readonly delta: number | bigint;
  /** What was added since `startTimeUnixNano`. */
  readonly total: number | bigint;
}

/** HistogramPoint is a latency's or histogram's data with explicit bounds. */
export interface HistogramPoint {
  readonly type: 'histogram';
  readonly series: Series;
  /** When the running total began, in nanoseconds since the Unix epoch. */
  readonly startTimeUnixNano: bigint;
  /** Upper-inclusive bucket bounds, strictly increasing. */
  readonly bounds: readonly number[];
  /** What was recorded since the last delivered flush. */
  readonly delta: Distribution;
  /** What was recorded since `startTimeUnixNano`. */
  readonly total: Distribution;
}

/** Distribution is what a histogram knows of the values recorded in some time. */
export interface Distribution {
  /** How many values: the sum of `bucketCounts`. */
  readonly count: number;
  readonly sum: number;
  /** The smallest value, or `undefined` when there was none. */
  readonly min: number | undefined;
  /** The largest value, or `undefined` when there was none. */
  readonly max: number | undefined;
  /** One count per bucket: one more than there are bounds. */
  readonly bucketCounts: readonly number[];
}

/** GaugePoint is a gauge's last value. */
export interface GaugePoint {
  readonly type: 'gauge';
  readonly series: Series;
  readonly value: number;
  /** When the value was set, in nanoseconds since the Unix epoch. */
  readonly timeUnixNano: bigint;
  /** Whether it was set since the last delivered flush. */
  readonly changed: boolean;
}
