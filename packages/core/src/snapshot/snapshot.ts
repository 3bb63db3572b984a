import type { AttributeValue, Attributes } from '../attributes.ts';
import type { PointTable } from './point-table.ts';
import type { Point } from './point.ts';

/**
 * Snapshot is what had been recorded at one instant: immutable, and as good as often as it is read. Each point holds
 * both what happened since the last delivered flush (its delta) and the running total.
 */
export interface Snapshot {
  /** The end of the last delivered window, in nanoseconds since the Unix epoch: deltas count from here. */
  readonly startTimeUnixNano: bigint;
  /** When the snapshot was taken, in nanoseconds since the Unix epoch; always after `startTimeUnixNano`. */
  readonly timeUnixNano: bigint;
  /** What produces the metrics: OTLP resource attributes such as `service.name`. */
  readonly resource: ReadonlyMap<string, AttributeValue>;
  /** The labels from the configuration, which go with everything that is sent. */
  readonly labels: ReadonlyMap<string, AttributeValue>;
  /** The points of all series, those of one metric next to each other, in an order that does not change. */
  readonly points: Points;
  /** What was added to a counter's or up-down counter's series since the last delivered flush; 0n when there is none. */
  counter(name: string, attributes?: Attributes): bigint;
  /** What was added to a counter's or up-down counter's series since it began; 0n when there is none. */
  total(name: string, attributes?: Attributes): bigint;
  /** What a latency's or histogram's series recorded since the last delivered flush, if there is such a series. */
  latency(name: string, attributes?: Attributes): DistributionSummary | undefined;
  /** A gauge's last value, if it was ever set. */
  gauge(name: string, attributes?: Attributes): number | undefined;
  /** The snapshot as plain data for JSON.stringify: 64-bit integers as decimal strings. */
  toJSON(): SnapshotJson;
}

/** Points reads points one by one, made as they are asked for: a hundred thousand of them need not exist at once. */
export interface Points extends Iterable<Point> {
  /** How many points there are. */
  readonly length: number;
  /** The point at an index from 0 to length − 1; `undefined` outside. */
  at(index: number): Point | undefined;
  /** The same points as tables, one after another. Snapshots that were not taken by a handle may lack them. */
  readonly tables?: readonly PointTable[];
}

/** DistributionSummary is a distribution as people want it: in the recorded unit. */
export interface DistributionSummary {
  /** How many values were recorded. */
  readonly count: number;
  /** All values together; a double, so rounded. */
  readonly sum: number;
  /** The smallest recorded value; `undefined` when nothing was recorded. */
  readonly min: number | undefined;
  /** The largest recorded value; `undefined` when nothing was recorded. */
  readonly max: number | undefined;
  /**
   * quantile estimates the value below which the share `q` (0 to 1) of the recorded values lies: linear within the
   * bucket that holds it, so the error is at most that bucket's width, and never outside [min, max]. `undefined`
   * when nothing was recorded or `q` is not between 0 and 1.
   */
  quantile(q: number): number | undefined;
}

/** SnapshotJson is what `toJSON()` gives. */
export interface SnapshotJson {
  /** Nanoseconds since the Unix epoch, as a decimal string. */
  readonly startTimeUnixNano: string;
  /** Nanoseconds since the Unix epoch, as a decimal string. */
  readonly timeUnixNano: string;
  /** The resource attributes by key. */
  readonly resource: Readonly<Record<string, unknown>>;
  /** The labels by key. */
  readonly labels: Readonly<Record<string, unknown>>;
  /** One object for each point, 64-bit integers as decimal strings. */
  readonly points: readonly Readonly<Record<string, unknown>>[];
}
