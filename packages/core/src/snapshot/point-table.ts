import type { AttributeValue } from '../attributes.ts';
import type { Metric } from '../state/metric.ts';
import type { Distribution, ExponentialDistribution } from './point.ts';

/**
 * PointTable is the points of one metric, read by row from 0 to `length` − 1: for exporters of so many series that an
 * object per series is too slow. It says the same as the points, and does not change either.
 */
export type PointTable = SumTable | HistogramTable | ExponentialHistogramTable | GaugeTable;

/** AnyPointTable is what tables of points of all types have. */
export interface AnyPointTable {
  /** What all rows have in common. */
  readonly metric: Metric;
  /** How many rows there are. */
  readonly length: number;
  /** The attributes of each row's series. */
  readonly attributes: SeriesAttributes;
  /** Whether anything was recorded in a row since the last delivered flush. */
  isChanged(row: number): boolean;
}

/** WindowTable is what tables have whose points cover some time. */
export interface WindowTable extends AnyPointTable {
  /** When the running total of a row began, in nanoseconds since the Unix epoch. */
  startTimeUnixNano(row: number): bigint;
  /** When the delta of a row began, in nanoseconds since the Unix epoch. */
  windowStartTimeUnixNano(row: number): bigint;
}

/** SumTable is a table of `SumPoint`s. */
export interface SumTable extends WindowTable {
  /** Tells the types of tables apart. */
  readonly type: 'sum';
  /** Whether the sums only grow. */
  readonly monotonic: boolean;
  /** What was added in a row since the last delivered flush. */
  delta(row: number): number | bigint;
  /** What was added in a row since its `startTimeUnixNano`. */
  total(row: number): number | bigint;
}

/** HistogramTable is a table of `HistogramPoint`s. */
export interface HistogramTable extends WindowTable {
  /** Tells the types of tables apart. */
  readonly type: 'histogram';
  /** Upper-inclusive bucket bounds, strictly increasing. */
  readonly bounds: readonly number[];
  /** What was recorded in a row since the last delivered flush: good until the next call. */
  delta(row: number): Distribution;
  /** What was recorded in a row since its `startTimeUnixNano`: good until the next call. */
  total(row: number): Distribution;
}

/** ExponentialHistogramTable is a table of `ExponentialHistogramPoint`s. */
export interface ExponentialHistogramTable extends WindowTable {
  /** Tells the types of tables apart. */
  readonly type: 'exponential-histogram';
  /** What was recorded in a row since the last delivered flush. */
  delta(row: number): ExponentialDistribution;
  /** What was recorded in a row since its `startTimeUnixNano`. */
  total(row: number): ExponentialDistribution;
}

/** GaugeTable is a table of `GaugePoint`s. */
export interface GaugeTable extends AnyPointTable {
  /** Tells the types of tables apart. */
  readonly type: 'gauge';
  /** The value that a row was set to last. */
  value(row: number): number;
  /** When it was set, in nanoseconds since the Unix epoch. */
  timeUnixNano(row: number): bigint;
}

/**
 * SeriesAttributes is the attributes of a metric's series, in numbers, so that what is made of a value that many series
 * have can be made once. While rows are only added it is the same object from snapshot to snapshot, and what it said
 * stays true; when rows move it is another one.
 */
export interface SeriesAttributes {
  /** The number of the set of keys that a row has. */
  keySetOf(row: number): number;
  /** The keys of a set, in the order of their places. */
  keysOf(keySet: number): readonly string[];
  /** The number of the value that a row has at a place of its keys. Values of different keys have different numbers. */
  valueIdOf(row: number, place: number): number;
  /** The value with that number. */
  valueOf(valueId: number): AttributeValue;
}
