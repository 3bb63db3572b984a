/** OtlpProtocol is the encoding of a request's body: OTLP/HTTP as JSON or as protobuf. */
export type OtlpProtocol = 'http/json' | 'http/protobuf';

/** Compression is the content encoding of a request's body. */
export type Compression = 'none' | 'gzip' | 'zstd';

/** HttpVersion is the version of HTTP that is asked for; 2 is offered in the TLS handshake. */
export type HttpVersion = '1.1' | '2';

/** TemporalityPreference says which values of sums and histograms are sent: running totals, or what is new. */
export type TemporalityPreference = 'cumulative' | 'delta' | 'low-memory';

/** LatencyHistogram is the bucket layout of latencies: explicit bounds or base-2 exponential buckets. */
export type LatencyHistogram = 'explicit' | 'exponential';

/** LabelPlacement says where the labels go: on the OTLP resource, on every data point, or on both. */
export type LabelPlacement = 'both' | 'resource' | 'datapoint';

/** LabelValue is what a label can hold. Numbers are finite. */
export type LabelValue = string | boolean | number;

/** TableInput is a table of a plain configuration: an object (own enumerable keys) or a Map. */
export type TableInput<T> = Readonly<Record<string, T>> | ReadonlyMap<string, T>;

/** MetricInput holds the options of one metric, which win over those that its first use in the code gives. */
export interface MetricInput {
  /** At most 63 printable ASCII characters, in UCUM notation: `ms`, `By`, `{message}`. */
  readonly unit?: string | undefined;
  /** For people. */
  readonly description?: string | undefined;
  /** Histogram bucket bounds, in the metric's unit: finite, strictly increasing, upper-inclusive. */
  readonly bounds?: readonly number[] | undefined;
}

/** TlsInput names PEM files. `certFile` and `keyFile` are given together or not at all. */
export interface TlsInput {
  /** Certificates to trust instead of the system's. */
  readonly caFile?: string | undefined;
  /** This client's certificate, for mutual TLS. */
  readonly certFile?: string | undefined;
  /** This client's private key, for mutual TLS. */
  readonly keyFile?: string | undefined;
}

/**
 * TelemetryConfigInput is a configuration written in code: the keys of the TOML file in camelCase. Every key is
 * optional; what is left out comes from the environment, the file, or the default, in this order.
 */
export interface TelemetryConfigInput {
  /** Base URL (http or https, no credentials, no query); `/v1/metrics` is appended. */
  readonly endpoint?: string | undefined;
  /** The Unix domain socket to connect to, in place of the endpoint's host and port and of any proxy. */
  readonly socketPath?: string | undefined;
  /** Default: `1.1`. `2` takes an https endpoint, and gives way to 1.1 where the receiver does not speak it. */
  readonly httpVersion?: HttpVersion | undefined;
  /** Milliseconds between two flushes: an integer from 10 to 2^31 − 1. */
  readonly flushIntervalMs?: number | undefined;
  /** The resource's `service.name`: not empty. */
  readonly serviceName?: string | undefined;
  /** The resource's `service.instance.id`: not empty. Best left out: then it is fresh per process start. */
  readonly serviceInstanceId?: string | undefined;
  /** Encoding of the requests. Default: `http/json`. */
  readonly protocol?: OtlpProtocol | undefined;
  /** Compression of the requests. Default: `none`. */
  readonly compression?: Compression | undefined;
  /** One deadline for a flush, retries included, in milliseconds: 0 (none) to 2^31 − 1. */
  readonly timeoutMs?: number | undefined;
  /** Larger snapshots are split: bytes of the encoded body, from 1 KiB to 64 MiB. */
  readonly maxRequestBytes?: number | undefined;
  /** An undeliverable delta window older than this is dropped and counted: milliseconds, from 1 to 2^31 − 1. */
  readonly maxWindowAgeMs?: number | undefined;
  /** Running totals or what is new. Default: `cumulative`. */
  readonly temporality?: TemporalityPreference | undefined;
  /** Bucket layout of latencies. Default: `explicit`. */
  readonly latencyHistogram?: LatencyHistogram | undefined;
  /** Bucket bounds of latencies, in milliseconds: finite, strictly increasing, upper-inclusive. */
  readonly latencyBoundsMs?: readonly number[] | undefined;
  /** Series per metric before the rest share one overflow series: an integer from 2 to 10 000 000. */
  readonly cardinalityLimit?: number | undefined;
  /** Delivered flushes without a change after which a series makes room in a metric at its limit: an integer from 1. */
  readonly idleFlushesBeforeRetirement?: number | undefined;
  /** Also send metrics about the exports themselves. */
  readonly selfMetrics?: boolean | undefined;
  /** Where the labels go. Default: `both`. */
  readonly labelPlacement?: LabelPlacement | undefined;
  /** Send headers over plain http to any host, not only to loopback. */
  readonly allowInsecureCredentials?: boolean | undefined;
  /** Put on everything that is sent; see `labelPlacement`. */
  readonly labels?: TableInput<LabelValue> | undefined;
  /** HTTP headers of every request. Their values are secrets and are never shown. */
  readonly headers?: TableInput<string> | undefined;
  /** PEM files for TLS; relative paths start at the working directory. */
  readonly tls?: TlsInput | undefined;
  /** Options by metric name. */
  readonly metrics?: TableInput<MetricInput> | undefined;
}
