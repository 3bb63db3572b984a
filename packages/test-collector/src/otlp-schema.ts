/** The wire types of OTLP's fields. `id` is a `bytes` field that OTLP/JSON writes in hex (trace and span ids). */
export type ScalarType =
  | 'bool'
  | 'bytes'
  | 'double'
  | 'enum'
  | 'fixed32'
  | 'fixed64'
  | 'id'
  | 'int32'
  | 'int64'
  | 'sfixed64'
  | 'sint32'
  | 'string'
  | 'uint32'
  | 'uint64';

/** How often a field may occur. A field of a oneof, like an optional one, is absent unless it was sent. */
export type Presence = 'always' | 'optional' | 'repeated' | { readonly oneof: string };

/** One row of the field table: number, name as in the .proto file, type, presence. */
type Row = readonly [number: number, name: string, type: string, presence?: Presence];

const oneof = (name: string): Presence => ({ oneof: name });

/**
 * The messages of OTLP 1.11 for all three signals: the official field table, written down as data. A type that is
 * not a {@link ScalarType} is the name of another message. Field numbers that are not here are unknown fields, which
 * every OTLP receiver skips.
 */
export const otlpSchema: Readonly<Record<string, readonly Row[]>> = {
  // opentelemetry/proto/common/v1, resource/v1
  KeyValue: [
    [1, 'key', 'string'],
    [2, 'value', 'AnyValue', 'optional'],
  ],
  AnyValue: [
    [1, 'string_value', 'string', oneof('value')],
    [2, 'bool_value', 'bool', oneof('value')],
    [3, 'int_value', 'int64', oneof('value')],
    [4, 'double_value', 'double', oneof('value')],
    [5, 'array_value', 'ArrayValue', oneof('value')],
    [6, 'kvlist_value', 'KeyValueList', oneof('value')],
    [7, 'bytes_value', 'bytes', oneof('value')],
  ],
  ArrayValue: [[1, 'values', 'AnyValue', 'repeated']],
  KeyValueList: [[1, 'values', 'KeyValue', 'repeated']],
  InstrumentationScope: [
    [1, 'name', 'string'],
    [2, 'version', 'string'],
    [3, 'attributes', 'KeyValue', 'repeated'],
    [4, 'dropped_attributes_count', 'uint32'],
  ],
  EntityRef: [
    [1, 'schema_url', 'string'],
    [2, 'type', 'string'],
    [3, 'id_keys', 'string', 'repeated'],
    [4, 'description_keys', 'string', 'repeated'],
  ],
  Resource: [
    [1, 'attributes', 'KeyValue', 'repeated'],
    [2, 'dropped_attributes_count', 'uint32'],
    [3, 'entity_refs', 'EntityRef', 'repeated'],
  ],

  // opentelemetry/proto/collector/metrics/v1, metrics/v1
  ExportMetricsServiceRequest: [[1, 'resource_metrics', 'ResourceMetrics', 'repeated']],
  ResourceMetrics: [
    [1, 'resource', 'Resource', 'optional'],
    [2, 'scope_metrics', 'ScopeMetrics', 'repeated'],
    [3, 'schema_url', 'string'],
  ],
  ScopeMetrics: [
    [1, 'scope', 'InstrumentationScope', 'optional'],
    [2, 'metrics', 'Metric', 'repeated'],
    [3, 'schema_url', 'string'],
  ],
  Metric: [
    [1, 'name', 'string'],
    [2, 'description', 'string'],
    [3, 'unit', 'string'],
    [5, 'gauge', 'Gauge', oneof('data')],
    [7, 'sum', 'Sum', oneof('data')],
    [9, 'histogram', 'Histogram', oneof('data')],
    [10, 'exponential_histogram', 'ExponentialHistogram', oneof('data')],
    [11, 'summary', 'Summary', oneof('data')],
    [12, 'metadata', 'KeyValue', 'repeated'],
  ],
  Gauge: [[1, 'data_points', 'NumberDataPoint', 'repeated']],
  Sum: [
    [1, 'data_points', 'NumberDataPoint', 'repeated'],
    [2, 'aggregation_temporality', 'enum'],
    [3, 'is_monotonic', 'bool'],
  ],
  Histogram: [
    [1, 'data_points', 'HistogramDataPoint', 'repeated'],
    [2, 'aggregation_temporality', 'enum'],
  ],
  ExponentialHistogram: [
    [1, 'data_points', 'ExponentialHistogramDataPoint', 'repeated'],
    [2, 'aggregation_temporality', 'enum'],
  ],
  Summary: [[1, 'data_points', 'SummaryDataPoint', 'repeated']],
  NumberDataPoint: [
    [2, 'start_time_unix_nano', 'fixed64'],
    [3, 'time_unix_nano', 'fixed64'],
    [4, 'as_double', 'double', oneof('value')],
    [5, 'exemplars', 'Exemplar', 'repeated'],
    [6, 'as_int', 'sfixed64', oneof('value')],
    [7, 'attributes', 'KeyValue', 'repeated'],
    [8, 'flags', 'uint32'],
  ],
  HistogramDataPoint: [
    [2, 'start_time_unix_nano', 'fixed64'],
    [3, 'time_unix_nano', 'fixed64'],
    [4, 'count', 'fixed64'],
    [5, 'sum', 'double', 'optional'],
    [6, 'bucket_counts', 'fixed64', 'repeated'],
    [7, 'explicit_bounds', 'double', 'repeated'],
    [8, 'exemplars', 'Exemplar', 'repeated'],
    [9, 'attributes', 'KeyValue', 'repeated'],
    [10, 'flags', 'uint32'],
    [11, 'min', 'double', 'optional'],
    [12, 'max', 'double', 'optional'],
  ],
  ExponentialHistogramDataPoint: [
    [1, 'attributes', 'KeyValue', 'repeated'],
    [2, 'start_time_unix_nano', 'fixed64'],
    [3, 'time_unix_nano', 'fixed64'],
    [4, 'count', 'fixed64'],
    [5, 'sum', 'double', 'optional'],
    [6, 'scale', 'sint32'],
    [7, 'zero_count', 'fixed64'],
    [8, 'positive', 'Buckets', 'optional'],
    [9, 'negative', 'Buckets', 'optional'],
    [10, 'flags', 'uint32'],
    [11, 'exemplars', 'Exemplar', 'repeated'],
    [12, 'min', 'double', 'optional'],
    [13, 'max', 'double', 'optional'],
    [14, 'zero_threshold', 'double'],
  ],
  Buckets: [
    [1, 'offset', 'sint32'],
    [2, 'bucket_counts', 'uint64', 'repeated'],
  ],
  SummaryDataPoint: [
    [2, 'start_time_unix_nano', 'fixed64'],
    [3, 'time_unix_nano', 'fixed64'],
    [4, 'count', 'fixed64'],
    [5, 'sum', 'double'],
    [6, 'quantile_values', 'ValueAtQuantile', 'repeated'],
    [7, 'attributes', 'KeyValue', 'repeated'],
    [8, 'flags', 'uint32'],
  ],
  ValueAtQuantile: [
    [1, 'quantile', 'double'],
    [2, 'value', 'double'],
  ],
  Exemplar: [
    [2, 'time_unix_nano', 'fixed64'],
    [3, 'as_double', 'double', oneof('value')],
    [4, 'span_id', 'id'],
    [5, 'trace_id', 'id'],
    [6, 'as_int', 'sfixed64', oneof('value')],
    [7, 'filtered_attributes', 'KeyValue', 'repeated'],
  ],

  // opentelemetry/proto/collector/trace/v1, trace/v1
  ExportTraceServiceRequest: [[1, 'resource_spans', 'ResourceSpans', 'repeated']],
  ResourceSpans: [
    [1, 'resource', 'Resource', 'optional'],
    [2, 'scope_spans', 'ScopeSpans', 'repeated'],
    [3, 'schema_url', 'string'],
  ],
  ScopeSpans: [
    [1, 'scope', 'InstrumentationScope', 'optional'],
    [2, 'spans', 'Span', 'repeated'],
    [3, 'schema_url', 'string'],
  ],
  Span: [
    [1, 'trace_id', 'id'],
    [2, 'span_id', 'id'],
    [3, 'trace_state', 'string'],
    [4, 'parent_span_id', 'id'],
    [5, 'name', 'string'],
    [6, 'kind', 'enum'],
    [7, 'start_time_unix_nano', 'fixed64'],
    [8, 'end_time_unix_nano', 'fixed64'],
    [9, 'attributes', 'KeyValue', 'repeated'],
    [10, 'dropped_attributes_count', 'uint32'],
    [11, 'events', 'SpanEvent', 'repeated'],
    [12, 'dropped_events_count', 'uint32'],
    [13, 'links', 'SpanLink', 'repeated'],
    [14, 'dropped_links_count', 'uint32'],
    [15, 'status', 'SpanStatus', 'optional'],
    [16, 'flags', 'fixed32'],
  ],
  SpanEvent: [
    [1, 'time_unix_nano', 'fixed64'],
    [2, 'name', 'string'],
    [3, 'attributes', 'KeyValue', 'repeated'],
    [4, 'dropped_attributes_count', 'uint32'],
  ],
  SpanLink: [
    [1, 'trace_id', 'id'],
    [2, 'span_id', 'id'],
    [3, 'trace_state', 'string'],
    [4, 'attributes', 'KeyValue', 'repeated'],
    [5, 'dropped_attributes_count', 'uint32'],
    [6, 'flags', 'fixed32'],
  ],
  SpanStatus: [
    [2, 'message', 'string'],
    [3, 'code', 'enum'],
  ],

  // opentelemetry/proto/collector/logs/v1, logs/v1
  ExportLogsServiceRequest: [[1, 'resource_logs', 'ResourceLogs', 'repeated']],
  ResourceLogs: [
    [1, 'resource', 'Resource', 'optional'],
    [2, 'scope_logs', 'ScopeLogs', 'repeated'],
    [3, 'schema_url', 'string'],
  ],
  ScopeLogs: [
    [1, 'scope', 'InstrumentationScope', 'optional'],
    [2, 'log_records', 'LogRecord', 'repeated'],
    [3, 'schema_url', 'string'],
  ],
  LogRecord: [
    [1, 'time_unix_nano', 'fixed64'],
    [2, 'severity_number', 'enum'],
    [3, 'severity_text', 'string'],
    [5, 'body', 'AnyValue', 'optional'],
    [6, 'attributes', 'KeyValue', 'repeated'],
    [7, 'dropped_attributes_count', 'uint32'],
    [8, 'flags', 'fixed32'],
    [9, 'trace_id', 'id'],
    [10, 'span_id', 'id'],
    [11, 'observed_time_unix_nano', 'fixed64'],
    [12, 'event_name', 'string'],
  ],

  // The answers: collector/*/v1 responses (one shape for the three signals) and google.rpc.Status
  ExportServiceResponse: [[1, 'partial_success', 'PartialSuccess', 'optional']],
  PartialSuccess: [
    [1, 'rejected', 'int64'],
    [2, 'error_message', 'string'],
  ],
  Status: [
    [1, 'code', 'int32'],
    [2, 'message', 'string'],
  ],
};
