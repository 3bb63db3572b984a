import { type Success, succeeded as constant } from './result.ts';

export type { AttributeValue, Attributes } from './attributes.ts';
export type {
  AcceptedOutcome,
  ExportOptions,
  ExportOutcome,
  ExportReport,
  ExportedPart,
  Exporter,
  FailedOutcome,
  OutcomeDetails,
  PartialOutcome,
  PointRange,
  Temporality,
} from './exporter.ts';
export type { Catalogue, CataloguedRecording, MetricDefinition } from './catalogue.ts';
export { systemClock } from './clock.ts';
export type { Clock, ScheduleOptions } from './clock.ts';
export type {
  HistogramOptions,
  InstrumentOptions,
  LatencyOptions,
  ObserveOptions,
  TelemetryHandleOptions,
} from './handle-options.ts';
export type { Counter, Gauge, Histogram, Latency, UpDownCounter } from './instruments.ts';
export type { FlushOnExitOptions } from './lifecycle/flush-on-exit-options.ts';
export type { ExitSignal, HostEvent, HostProcess } from './lifecycle/host-process.ts';
export type { Account, Amounts } from './reader/account.ts';
export { FlushError } from './reader/flush-result.ts';
export type { FlushFailure, FlushFigures, FlushReport, FlushResult } from './reader/flush-result.ts';
export type { Observed, ObservedValue } from './record/observe.ts';
export type { Recording } from './recording.ts';
export { failure, success } from './result.ts';
export type { Failure, Result, Success } from './result.ts';
export type {
  BucketCounts,
  Distribution,
  ExponentialDistribution,
  ExponentialHistogramPoint,
  ExponentialRange,
  GaugePoint,
  HistogramPoint,
  Point,
  SumPoint,
} from './snapshot/point.ts';
export type {
  AnyPointTable,
  ExponentialHistogramTable,
  GaugeTable,
  HistogramTable,
  PointTable,
  SeriesAttributes,
  SumTable,
  WindowTable,
} from './snapshot/point-table.ts';
export type { DistributionSummary, Points, Snapshot, SnapshotJson } from './snapshot/snapshot.ts';
export type { InstrumentKind, Metric } from './state/metric.ts';
export type { MetricOptions } from './state/state.ts';
export type { Series } from './state/series.ts';
export { TelemetryError } from './telemetry-error.ts';
export type { TelemetryErrorCode } from './telemetry-error.ts';
export { sendsDelta } from './temporality.ts';
export { TelemetryHandle } from './telemetry-handle.ts';
export type { DeliveryStatus, FlushOptions } from './telemetry-handle.ts';
export type { AttachOptions, AttachedTelemetry } from './threads/attached-telemetry.ts';
export type { ThreadStatus } from './threads/attached-threads.ts';
export type { SharedTelemetry } from './threads/shared-telemetry.ts';

/** succeeded is the one shared Success without a value: what every record returns that worked. */
// A binding of its own: V8 takes what a module exports from memory at each use, and looks whether it is there yet. What
// records return stays a constant of the bundle.
export const succeeded: Success<void> = constant;
