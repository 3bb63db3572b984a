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
  Clock,
  Counter,
  DistributionSummary,
  Exporter,
  FlushReport,
  FlushResult,
  Gauge,
  Histogram,
  HistogramOptions,
  InstrumentOptions,
  Latency,
  LatencyOptions,
  Point,
  Points,
  Result,
  Snapshot,
  TelemetryErrorCode,
} from '@pqcnet/telemetry-core';
export { OtlpHttpExporter, encodeOtlpJson, undiciTransport } from '@pqcnet/telemetry-exporter-otlp-http';
export type { Transport, TransportRequest, TransportResponse } from '@pqcnet/telemetry-exporter-otlp-http';
export { TelemetryHandle } from './telemetry-handle.ts';
export type { FromConfigOptions } from './telemetry-handle.ts';
