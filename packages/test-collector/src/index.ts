export type { AttributeFilter, Attributes, AttributeValue } from './attributes.ts';
export { CollectorError, type CollectorErrorCode } from './collector-error.ts';
export type { CollectorLimits, CollectorTls, TestCollectorOptions } from './collector-options.ts';
export type {
  AnyValue,
  Buckets,
  DataPoint,
  Exemplar,
  ExponentialHistogramDataPoint,
  ExportLogsServiceRequest,
  ExportMetricsServiceRequest,
  ExportTraceServiceRequest,
  HistogramDataPoint,
  InstrumentationScope,
  KeyValue,
  LogRecord,
  Metric,
  NumberDataPoint,
  Resource,
  ResourceLogs,
  ResourceMetrics,
  ResourceSpans,
  ScopeMetrics,
  Span,
  SummaryDataPoint,
} from './decoded-request.ts';
export type { Duplicate } from './find-duplicates.ts';
export type { LatencyBucket, LatencySummary } from './merge-histograms.ts';
export type {
  ExponentialHistogramPoint,
  GaugePoint,
  HistogramPoint,
  MetricPoint,
  MetricPointBase,
  SummaryPoint,
  SumPoint,
  Temporality,
} from './metric-point.ts';
export type {
  DecodedBody,
  Encoding,
  ReceivedRequest,
  Rejection,
  RequestHead,
  Signal,
} from './received-request.ts';
export type { ScriptFunction } from './script.ts';
export type { ResetMoment, ScriptStep, StepOptions } from './script-step.ts';
export { type SelfSignedCertificate, selfSignedCertificate } from './self-signed-certificate.ts';
export type { SumOptions } from './sum-points.ts';
export { type MetricFilter, TestCollector } from './test-collector.ts';
export type { WaitOptions } from './wait-for.ts';
