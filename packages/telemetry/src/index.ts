export { ConfigError, loadConfig, parseConfig, validateConfig } from '@pqcnet/telemetry-config';
export type {
  ConfigErrorCode,
  ConfigProblem,
  TelemetryConfig,
  TelemetryConfigInput,
} from '@pqcnet/telemetry-config';
export { FlushError, TelemetryError } from '@pqcnet/telemetry-core';
export type {
  Account,
  Amounts,
  AttributeValue,
  Attributes,
  Catalogue,
  CataloguedRecording,
  Clock,
  Counter,
  DeliveryStatus,
  DistributionSummary,
  ExportOptions,
  ExportOutcome,
  ExportReport,
  Exporter,
  FlushOptions,
  FlushReport,
  FlushResult,
  Gauge,
  Histogram,
  HistogramOptions,
  InstrumentOptions,
  Latency,
  LatencyOptions,
  MetricDefinition,
  ObserveOptions,
  Observed,
  ObservedValue,
  Point,
  Points,
  Recording,
  Result,
  Snapshot,
  TelemetryErrorCode,
  Temporality,
  UpDownCounter,
} from '@pqcnet/telemetry-core';
export {
  OtlpHttpError,
  OtlpHttpExporter,
  TransportError,
  encodeOtlpJson,
  fetchTransport,
  undiciTransport,
} from '@pqcnet/telemetry-exporter-otlp-http';
export type { Transport, TransportRequest, TransportResponse } from '@pqcnet/telemetry-exporter-otlp-http';
export { TelemetryHandle } from './telemetry-handle.ts';
export type { FromConfigOptions } from './telemetry-handle.ts';
