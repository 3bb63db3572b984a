export type { AttributeValue, Attributes } from './attributes.ts';
export type {
  AcceptedOutcome,
  ExportOptions,
  ExportOutcome,
  ExportReport,
  ExportedPart,
  Exporter,
  FailedOutcome,
  PartialOutcome,
  Temporality,
} from './exporter.ts';
export { failure, succeeded, success } from './result.ts';
export type { Failure, Result, Success } from './result.ts';
export type { Distribution, GaugePoint, HistogramPoint, Point, SumPoint } from './snapshot/point.ts';
export type { DistributionSummary, Points, Snapshot, SnapshotJson } from './snapshot/snapshot.ts';
export type { InstrumentKind, Metric } from './state/metric.ts';
export type { Series } from './state/series.ts';
export { TelemetryError } from './telemetry-error.ts';
export type { TelemetryErrorCode } from './telemetry-error.ts';
