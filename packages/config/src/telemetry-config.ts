import type { KeyPath } from './show-path.ts';
import type {
  Compression,
  HttpVersion,
  LabelPlacement,
  LabelValue,
  LatencyHistogram,
  OtlpProtocol,
  TemporalityPreference,
} from './telemetry-config-input.ts';

/**
 * ConfigSource says where a value came from, strongest first: the program (a plain object or `overrides`), an
 * environment variable, the TOML file, the built-in default.
 */
export type ConfigSource = 'code' | 'environment' | 'file' | 'default';

/** MetricConfig holds the configured options of one metric; what is undefined comes from its first use. */
export interface MetricConfig {
  /** A UCUM unit: at most 63 printable ASCII characters. */
  readonly unit: string | undefined;
  /** What the metric tells, for people. */
  readonly description: string | undefined;
  /** Finite and strictly increasing, in the metric's unit. */
  readonly bounds: readonly number[] | undefined;
}

/** TlsConfig names PEM files by absolute path. `certFile` and `keyFile` are both set or both undefined. */
export interface TlsConfig {
  /** Certificates to trust instead of the system's. */
  readonly caFile: string | undefined;
  /** This client's certificate. */
  readonly certFile: string | undefined;
  /** This client's private key. */
  readonly keyFile: string | undefined;
}

/**
 * ProxyConfig is what HTTP_PROXY, HTTPS_PROXY and NO_PROXY say. The URLs may hold credentials: `util.inspect` and
 * `JSON.stringify` don't show them.
 */
export interface ProxyConfig {
  /** The proxy for http endpoints: a URL. */
  readonly http: string | undefined;
  /** The proxy for https endpoints: a URL. */
  readonly https: string | undefined;
  /** Hosts that are reached directly, comma-separated. */
  readonly noProxy: string | undefined;
}

/**
 * TelemetryConfig is a whole, validated configuration: frozen, every default filled in. Get one from `loadConfig`,
 * `parseConfig` or `validateConfig`. It can be logged: header values and proxy URLs don't show.
 */
export interface TelemetryConfig {
  /** The base URL as it was given; with OTEL_EXPORTER_OTLP_METRICS_ENDPOINT that URL. */
  readonly endpoint: string;
  /** Where requests go: the base URL with `v1/metrics` appended, or OTEL_EXPORTER_OTLP_METRICS_ENDPOINT verbatim. */
  readonly metricsUrl: string;
  /**
   * The absolute path of the Unix domain socket to connect to, in place of the endpoint's host and port and of any
   * proxy. Undefined, too, where the endpoint comes from a stronger source than the path.
   */
  readonly socketPath: string | undefined;
  /** `2` is offered in the TLS handshake: without TLS, or where the receiver does not take it, it is 1.1. */
  readonly httpVersion: HttpVersion;
  /** Milliseconds between two flushes, 10 to 2^31 − 1. */
  readonly flushIntervalMs: number;
  /** The resource's `service.name`; else the label `component`, if that is a string; else undefined. */
  readonly serviceName: string | undefined;
  /** The resource's `service.instance.id`; undefined means fresh per process start. */
  readonly serviceInstanceId: string | undefined;
  /** The encoding of requests. */
  readonly protocol: OtlpProtocol;
  /** The content encoding of requests. */
  readonly compression: Compression;
  /** One deadline for a flush, in milliseconds, 1 to 2^31 − 1. A configured 0 (none) is 2^31 − 1, the longest timer. */
  readonly timeoutMs: number;
  /** Bytes of an encoded body, above which a snapshot is split. */
  readonly maxRequestBytes: number;
  /** Milliseconds after which an undeliverable delta window is dropped and counted. */
  readonly maxWindowAgeMs: number;
  /** Whether running totals are sent, or what is new. */
  readonly temporality: TemporalityPreference;
  /** The bucket layout of latencies. */
  readonly latencyHistogram: LatencyHistogram;
  /** Bucket bounds of latencies in milliseconds, strictly increasing. */
  readonly latencyBoundsMs: readonly number[];
  /** Series per metric before the rest share one overflow series. */
  readonly cardinalityLimit: number;
  /** Delivered flushes without a change after which a series makes room in a metric at its limit. */
  readonly idleFlushesBeforeRetirement: number;
  /** Whether metrics about the exports themselves are sent too. */
  readonly selfMetrics: boolean;
  /** Where the labels go. */
  readonly labelPlacement: LabelPlacement;
  /** What goes with everything that is sent, by key. */
  readonly labels: ReadonlyMap<string, LabelValue>;
  /** HTTP headers by lower-case name. The values are secrets: `util.inspect` and `JSON.stringify` don't show them. */
  readonly headers: ReadonlyMap<string, string>;
  /** Whether headers may go over plain http to any host, not only to loopback. */
  readonly allowInsecureCredentials: boolean;
  /** What to trust, and what to show. */
  readonly tls: TlsConfig;
  /** Which requests go through a proxy, as the environment says. */
  readonly proxy: ProxyConfig;
  /** Options by metric name, in the casing that was given. No two names differ in case alone. */
  readonly metrics: ReadonlyMap<string, MetricConfig>;
  /** What OTEL_RESOURCE_ATTRIBUTES says, but for `service.name` and `service.instance.id`, which are above. */
  readonly resourceAttributes: ReadonlyMap<string, string>;
  /** OTEL_SDK_DISABLED: record and flush are to do nothing and succeed. */
  readonly disabled: boolean;
  /** Where each value came from, by its path in camelCase: `endpoint`, `labels.component`, `tls.caFile`. */
  readonly sources: ReadonlyMap<string, ConfigSource>;
}

/**
 * ConfigOrigins says exactly where the values of a configuration came from, by their path in camelCase. It is made of
 * functions, so that inspecting the configuration shows nothing of the file's text.
 */
export interface ConfigOrigins {
  /** The environment variable that set a value. */
  variableOf(path: KeyPath): string | undefined;
  /** Where the file has a value, and which environment variables it refers to there. */
  inFile(path: KeyPath): { readonly line: number; readonly variables: readonly string[] } | undefined;
}

// Shared through the global registry, so that two copies of this package know each other's configurations.
const resolved: unique symbol = Symbol.for('@pqcnet/telemetry-config/resolved');

/** markResolved marks a configuration as the work of this package. */
export function markResolved(config: TelemetryConfig, origins: ConfigOrigins): TelemetryConfig {
  Object.defineProperty(config, resolved, { value: origins });
  return Object.freeze(config);
}

/** originsOf gives what `markResolved` was told. */
export function originsOf(config: TelemetryConfig & { readonly [resolved]?: ConfigOrigins }): ConfigOrigins {
  return config[resolved] ?? { variableOf: () => undefined, inFile: () => undefined };
}

/** isTelemetryConfig tells a resolved configuration from a plain object that still has to be validated. */
export function isTelemetryConfig(value: unknown): value is TelemetryConfig {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, resolved);
}
