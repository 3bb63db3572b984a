/**
 * The decoded forms of the three OTLP requests, whichever encoding they came in: OTLP/JSON's lowerCamelCase names, 64-bit
 * integers as bigint, trace and span ids in lower-case hex, other bytes as Uint8Array. A field that was not sent has
 * its protobuf default; a member of a oneof, an optional field and a single message are absent when not sent.
 */
export interface ExportMetricsServiceRequest {
  readonly resourceMetrics: readonly ResourceMetrics[];
}

/** The body of `/v1/traces`. */
export interface ExportTraceServiceRequest {
  readonly resourceSpans: readonly ResourceSpans[];
}

/** The body of `/v1/logs`. */
export interface ExportLogsServiceRequest {
  readonly resourceLogs: readonly ResourceLogs[];
}

/** opentelemetry.proto.common.v1.KeyValue */
export interface KeyValue {
  readonly key: string;
  readonly value?: AnyValue;
}

/** opentelemetry.proto.common.v1.AnyValue: one of its members, or none for an empty value. */
export interface AnyValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: bigint;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values: readonly AnyValue[] };
  readonly kvlistValue?: { readonly values: readonly KeyValue[] };
  readonly bytesValue?: Uint8Array;
}

/** opentelemetry.proto.resource.v1.Resource */
export interface Resource {
  readonly attributes: readonly KeyValue[];
  readonly droppedAttributesCount: number;
}

/** opentelemetry.proto.common.v1.InstrumentationScope */
export interface InstrumentationScope {
  readonly name: string;
  readonly version: string;
  readonly attributes: readonly KeyValue[];
  readonly droppedAttributesCount: number;
}

/** opentelemetry.proto.metrics.v1.ResourceMetrics */
export interface ResourceMetrics {
  readonly resource?: Resource;
  readonly scopeMetrics: readonly ScopeMetrics[];
  readonly schemaUrl: string;
}

/** opentelemetry.proto.metrics.v1.ScopeMetrics */
export interface ScopeMetrics {
  readonly scope?: InstrumentationScope;
  readonly metrics: readonly Metric[];
  readonly schemaUrl: string;
}

/** opentelemetry.proto.metrics.v1.Metric */
export interface Metric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly metadata: readonly KeyValue[];
  readonly gauge?: { readonly dataPoints: readonly NumberDataPoint[] };
  readonly sum?: {
    readonly dataPoints: readonly NumberDataPoint[];
    /** 0 unspecified, 1 delta, 2 cumulative */
    readonly aggregationTemporality: number;
    readonly isMonotonic: boolean;
  };
  readonly histogram?: {
    readonly dataPoints: readonly HistogramDataPoint[];
    readonly aggregationTemporality: number;
  };
  readonly exponentialHistogram?: {
    readonly dataPoints: readonly ExponentialHistogramDataPoint[];
    readonly aggregationTemporality: number;
  };
  readonly summary?: { readonly dataPoints: readonly SummaryDataPoint[] };
}

/** What every data point has. */
export interface DataPoint {
  readonly attributes: readonly KeyValue[];
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
  readonly flags: number;
}

/** opentelemetry.proto.metrics.v1.NumberDataPoint */
export interface NumberDataPoint extends DataPoint {
  readonly asInt?: bigint;
  readonly asDouble?: number;
  readonly exemplars: readonly Exemplar[];
}

/** opentelemetry.proto.metrics.v1.HistogramDataPoint */
export interface HistogramDataPoint extends DataPoint {
  readonly count: bigint;
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
  readonly bucketCounts: readonly bigint[];
  readonly explicitBounds: readonly number[];
  readonly exemplars: readonly Exemplar[];
}

/** opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint */
export interface ExponentialHistogramDataPoint extends DataPoint {
  readonly count: bigint;
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
  readonly scale: number;
  readonly zeroCount: bigint;
  readonly zeroThreshold: number;
  readonly positive?: Buckets;
  readonly negative?: Buckets;
  readonly exemplars: readonly Exemplar[];
}

/** opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint.Buckets */
export interface Buckets {
  readonly offset: number;
  readonly bucketCounts: readonly bigint[];
}

/** opentelemetry.proto.metrics.v1.SummaryDataPoint */
export interface SummaryDataPoint extends DataPoint {
  readonly count: bigint;
  readonly sum: number;
  readonly quantileValues: readonly { readonly quantile: number; readonly value: number }[];
}

/** opentelemetry.proto.metrics.v1.Exemplar */
export interface Exemplar {
  readonly timeUnixNano: bigint;
  readonly asInt?: bigint;
  readonly asDouble?: number;
  readonly spanId: string;
  readonly traceId: string;
  readonly filteredAttributes: readonly KeyValue[];
}

/** opentelemetry.proto.trace.v1.ResourceSpans */
export interface ResourceSpans {
  readonly resource?: Resource;
  readonly scopeSpans: readonly {
    readonly scope?: InstrumentationScope;
    readonly spans: readonly Span[];
    readonly schemaUrl: string;
  }[];
  readonly schemaUrl: string;
}

/** opentelemetry.proto.trace.v1.Span */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: bigint;
  readonly endTimeUnixNano: bigint;
  readonly attributes: readonly KeyValue[];
  readonly droppedAttributesCount: number;
  readonly events: readonly {
    readonly timeUnixNano: bigint;
    readonly name: string;
    readonly attributes: readonly KeyValue[];
    readonly droppedAttributesCount: number;
  }[];
  readonly droppedEventsCount: number;
  readonly links: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly traceState: string;
    readonly attributes: readonly KeyValue[];
    readonly droppedAttributesCount: number;
    readonly flags: number;
  }[];
  readonly droppedLinksCount: number;
  readonly status?: { readonly code: number; readonly message: string };
  readonly flags: number;
}

/** opentelemetry.proto.logs.v1.ResourceLogs */
export interface ResourceLogs {
  readonly resource?: Resource;
  readonly scopeLogs: readonly {
    readonly scope?: InstrumentationScope;
    readonly logRecords: readonly LogRecord[];
    readonly schemaUrl: string;
  }[];
  readonly schemaUrl: string;
}

/** opentelemetry.proto.logs.v1.LogRecord */
export interface LogRecord {
  readonly timeUnixNano: bigint;
  readonly observedTimeUnixNano: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body?: AnyValue;
  readonly attributes: readonly KeyValue[];
  readonly droppedAttributesCount: number;
  readonly flags: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly eventName: string;
}
