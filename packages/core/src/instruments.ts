import type { Result } from './result.ts';
import type { TelemetryError } from './telemetry-error.ts';

/** Counter is a counter bound to one series: it adds without looking anything up. */
export interface Counter {
  /**
   * add adds to the counter and allocates nothing.
   *
   * @param delta a safe integer ≥ 0, or a bigint ≥ 0
   * @returns an error, with the state untouched: `INVALID_VALUE` for any other delta; `COUNTER_OVERFLOW` past
   *   2^64 − 1; `SHUT_DOWN`; or whatever kept the instrument from being made
   */
  add(delta: number | bigint): Result<void, TelemetryError>;
}

/** UpDownCounter is a sum that also falls, bound to one series: it adds without looking anything up. */
export interface UpDownCounter {
  /**
   * add adds to the sum and allocates nothing.
   *
   * @param delta a safe integer or a bigint, of either sign
   * @returns an error, with the state untouched: `INVALID_VALUE` for any other delta; `COUNTER_OVERFLOW` outside
   *   −2^63 to 2^63 − 1; `SHUT_DOWN`; or whatever kept the instrument from being made
   */
  add(delta: number | bigint): Result<void, TelemetryError>;
}

/** Latency is a histogram of milliseconds bound to one series: it records without looking anything up. */
export interface Latency {
  /**
   * record puts a duration into its bucket and allocates nothing.
   *
   * @param milliseconds a finite number ≥ 0
   * @returns an error, with the state untouched: `INVALID_VALUE` for any other value; `SHUT_DOWN`; or whatever kept
   *   the instrument from being made
   */
  record(milliseconds: number): Result<void, TelemetryError>;
  /** start begins a measurement. The function it returns records the time since, each time it is called. */
  start(): () => Result<void, TelemetryError>;
  /**
   * time runs a function and records how long it took; for one that returns a promise, until that settles. What it
   * returns or throws passes through.
   */
  time<T>(run: () => T): T;
}

/** Histogram is a histogram bound to one series: it records without looking anything up. */
export interface Histogram {
  /**
   * record puts a value into its bucket and allocates nothing.
   *
   * @param value any finite number, in the metric's unit
   * @returns an error, with the state untouched: `INVALID_VALUE` for any other value; `SHUT_DOWN`; or whatever kept
   *   the instrument from being made
   */
  record(value: number): Result<void, TelemetryError>;
}

/** Gauge is a gauge bound to one series: its last value is what counts. */
export interface Gauge {
  /**
   * set makes a value the gauge's current one and allocates nothing.
   *
   * @param value any finite number, in the metric's unit
   * @returns an error, with the state untouched: `INVALID_VALUE` for any other value; `SHUT_DOWN`; or whatever kept
   *   the instrument from being made
   */
  set(value: number): Result<void, TelemetryError>;
}
