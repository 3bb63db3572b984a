import type { Attributes } from './attributes.ts';
import type {
  HistogramOptions,
  InstrumentOptions,
  LatencyOptions,
  ObserveOptions,
} from './handle-options.ts';
import type { Counter, Gauge, Histogram, Latency, UpDownCounter } from './instruments.ts';
import type { Observed } from './record/observe.ts';
import type { Result } from './result.ts';
import type { TelemetryError } from './telemetry-error.ts';

/**
 * Recording is the ways to record: by name, which looks the series up each time, and bound, which does so once.
 * Nothing here throws. What fails returns an error and leaves the state untouched: `INVALID_NAME`,
 * `INVALID_ATTRIBUTE`, `INVALID_OPTIONS`, `INVALID_VALUE`, `KIND_CONFLICT`, `COUNTER_OVERFLOW` or `SHUT_DOWN`. A bound
 * instrument that can't be made is inert: each record returns the error.
 */
export interface Recording {
  /**
   * recordCounter adds to a counter. Allocates nothing once the series exists.
   *
   * @param delta a safe integer ≥ 0, or a bigint ≥ 0; past 2^64 − 1 in all it is `COUNTER_OVERFLOW`
   */
  recordCounter(name: string, delta: number | bigint, attributes?: Attributes): Result<void, TelemetryError>;
  /**
   * recordLatencyMs puts a duration into its bucket. Allocates nothing once the series exists.
   *
   * @param milliseconds a finite number ≥ 0
   */
  recordLatencyMs(name: string, milliseconds: number, attributes?: Attributes): Result<void, TelemetryError>;
  /**
   * recordGauge makes a value the gauge's current one. Allocates nothing once the series exists.
   *
   * @param value any finite number
   */
  recordGauge(name: string, value: number, attributes?: Attributes): Result<void, TelemetryError>;
  /** counter binds a counter to one series. */
  counter(name: string, options?: InstrumentOptions): Counter;
  /** upDownCounter binds a sum that also falls to one series. */
  upDownCounter(name: string, options?: InstrumentOptions): UpDownCounter;
  /** latency binds a histogram of milliseconds to one series. */
  latency(name: string, options?: LatencyOptions): Latency;
  /** histogram binds a histogram to one series. */
  histogram(name: string, options?: HistogramOptions): Histogram;
  /** gauge binds a gauge to one series. */
  gauge(name: string, options?: InstrumentOptions): Gauge;
  /**
   * observe has a value asked for once per flush or `snapshot()`. An observer that throws, or gives what can't be
   * recorded, is warned of once and harms nothing else; one that returns `undefined` has nothing to say this time.
   * A counter is observed as its running total: less than last time means that it began anew at 0.
   *
   * @returns what ends that
   */
  observe(name: string, observer: () => Observed, options?: ObserveOptions): () => void;
  /** with gives the same ways to record with these attributes added; a call's own attributes win over them. */
  with(attributes: Attributes): Recording;
}
