import type { Series } from '../state/series.ts';

/** Point is one series' data in a snapshot. `type` tells what it holds. Points don't change. */
export type Point = SumPoint | HistogramPoint | ExponentialHistogramPoint | GaugePoint;

/**
 * SumPoint is a counter's or up-down counter's data.
 * Whole numbers: `number` while it is a safe integer, `bigint` beyond.
 */
export interface SumPoint {
  /** What tells points apart. */
  readonly type: 'sum';
  /** Whose data this is. */
  readonly series: Series;
  /** Whether it only grows: false for an up-down counter. */
  readonly monotonic: boolean;
  /**
   * When the running total began, in nanoseconds since the Unix epoch. A counter that passes what OTLP's signed 64-bit
   * integer can hold begins anew.
   */
  readonly startTimeUnixNano: bigint;
  /** When `delta` began, in nanoseconds since the Unix epoch: where the last delivered window of the series ended. */
  readonly windowStartTimeUnixNano: bigint;
  /** What was added since the last delivered flush. */
  readonly delta: number | bigint;
  /** What was added since `startTimeUnixNano`. */
  readonly total: number | bigint;
}

/** HistogramPoint is a latency's or histogram's data with explicit bounds. */
export interface HistogramPoint {
  /** What tells points apart. */
  readonly type: 'histogram';
  /** Whose data this is. */
  readonly series: Series;
  /** When the running total began, in nanoseconds since the Unix epoch. */
  readonly startTimeUnixNano: bigint;
  /** Upper-inclusive bucket bounds, strictly increasing. */
  readonly bounds: readonly number[];
  /** When `delta` began, in nanoseconds since the Unix epoch: where the last delivered window of the series ended. */
  readonly windowStartTimeUnixNano: bigint;
  /** What was recorded since the last delivered flush. */
  readonly delta: Distribution;
  /** What was recorded since `startTimeUnixNano`. */
  readonly total: Distribution;
}

/** Distribution is what a histogram knows of the values recorded in some time. */
export interface Distribution {
  /** How many values: the sum of `bucketCounts`. */
  readonly count: number;
  /** All values together, in the unit of the metric; a double, so rounded. */
  readonly sum: number;
  /** The smallest value, or `undefined` when there was none. */
  readonly min: number | undefined;
  /** The largest value, or `undefined` when there was none. */
  readonly max: number | undefined;
  /** One count per bucket: one more than there are bounds. */
  readonly bucketCounts: BucketCounts;
}

/** BucketCounts reads the counts of buckets one by one: an array is one. */
export interface BucketCounts extends Iterable<number> {
  /** How many buckets there are. */
  readonly length: number;
  /** The count of the bucket at an index from 0 to length − 1. */
  at(index: number): number | undefined;
}

/**
 * ExponentialHistogramPoint is a latency's or histogram's data in base-2 exponential buckets.
 *
 * Source: OpenTelemetry metrics data model, "ExponentialHistogram".
 */
export interface ExponentialHistogramPoint {
  /** What tells points apart. */
  readonly type: 'exponential-histogram';
  /** Whose data this is. */
  readonly series: Series;
  /** When the running total began, in nanoseconds since the Unix epoch. */
  readonly startTimeUnixNano: bigint;
  /** When `delta` began, in nanoseconds since the Unix epoch: where the last delivered window of the series ended. */
  readonly windowStartTimeUnixNano: bigint;
  /** What was recorded since the last delivered flush. */
  readonly delta: ExponentialDistribution;
  /** What was recorded since `startTimeUnixNano`. */
  readonly total: ExponentialDistribution;
}

/** ExponentialDistribution is what an exponential histogram knows of the values recorded in some time. */
export interface ExponentialDistribution {
  /** How many values: `zeroCount` and all buckets together. */
  readonly count: number;
  /** All values together, in the unit of the metric; a double, so rounded. */
  readonly sum: number;
  /** The smallest value, or `undefined` when there was none. */
  readonly min: number | undefined;
  /** The largest value, or `undefined` when there was none. */
  readonly max: number | undefined;
  /** From −10 to 20: bucket i covers (base^i, base^(i+1)] with base = 2^(2^−scale). */
  readonly scale: number;
  /** How many values were 0. */
  readonly zeroCount: number;
  /** The buckets of the values above 0. */
  readonly positive: ExponentialRange;
  /** The buckets of the magnitudes of values below 0. */
  readonly negative: ExponentialRange;
}

/** ExponentialRange is the counts of at most 160 adjoining buckets. */
export interface ExponentialRange {
  /** The index of the first bucket; 0 when there is none. */
  readonly offset: number;
  /** The count of each bucket, from `offset` on. */
  readonly bucketCounts: BucketCounts;
}

/** GaugePoint is a gauge's last value. */
export interface GaugePoint {
  /** What tells points apart. */
  readonly type: 'gauge';
  /** Whose data this is. */
  readonly series: Series;
  /** The value that was set last, in the unit of the metric. */
  readonly value: number;
  /** When the value was set, in nanoseconds since the Unix epoch; OTLP gets the time of the snapshot. */
  readonly timeUnixNano: bigint;
  /** Whether it was set since the last delivered flush. */
  readonly changed: boolean;
}
