/** InstrumentKind is what a name was first used as, and stays. A latency is a histogram of milliseconds ≥ 0. */
export type InstrumentKind =
  | 'counter'
  | 'up-down-counter'
  | 'latency'
  | 'histogram'
  | 'gauge'
  | 'observed-counter'
  | 'observed-up-down-counter'
  | 'observed-gauge';

/** Metric is what all series of one name have in common: a stable object. */
export interface Metric {
  /** The name as first recorded; names that differ only in case are one metric. */
  readonly name: string;
  /** What it measures with. */
  readonly kind: InstrumentKind;
  /** A UCUM unit such as `ms`, or an empty string. */
  readonly unit: string;
  /** What it tells, for people; may be empty. */
  readonly description: string;
}
