import * as z from 'zod/mini';

import { endpointSchema, headerNameSchema, headerValueSchema, increasingSchema } from './define-values.ts';
import type { LabelValue, MetricInput, TelemetryConfigInput, TlsInput } from './telemetry-config-input.ts';

/** Setting is one value of the configuration: how it is checked, described, and set by the environment. */
export interface Setting<T> {
  /** Checks a value. A check with a message of its own says more exactly what was expected. */
  readonly schema: z.ZodMiniType<T>;
  /** What a value must be, for a message: "found …, expected …". */
  readonly expected: string;
  /** What it is for, for the reference and for editors. */
  readonly description: string;
  readonly fallback?: T;
  /** Environment variables that set it, the strongest first. */
  readonly variables?: readonly string[];
  /** For an enumeration: what a variable must say, in lower case, and what that means. */
  readonly words?: Readonly<Record<string, T>>;
  /** How a wrong value is shown: as a URL without its secrets, or not at all; else as it is. */
  readonly shows?: 'url' | 'nothing';
  /** Whether `${env:NAME}` in the file is replaced by the variable's value. */
  readonly expands?: boolean;
}

type Values<T> = { readonly [K in keyof T]-?: NonNullable<T[K]> };
type SettingsOf<T> = { readonly [K in keyof T]: Setting<T[K]> };

/** Scalars is every setting that is one value at the root of the configuration. */
export type Scalars = Values<Omit<TelemetryConfigInput, 'labels' | 'headers' | 'tls' | 'metrics'>>;

/** Settings is the whole configuration. Keys are camelCase; the TOML file has them in kebab-case. */
export interface Settings {
  readonly scalars: SettingsOf<Scalars>;
  readonly tls: SettingsOf<Values<TlsInput>>;
  readonly metric: SettingsOf<Values<MetricInput>>;
  readonly metricName: Setting<string>;
  readonly label: Setting<LabelValue>;
  readonly labelKey: Setting<string>;
  readonly header: Setting<string>;
  readonly headerName: Setting<string>;
  /** What the tables are for, by name. */
  readonly tables: Readonly<Record<'labels' | 'headers' | 'tls' | 'metrics', string>>;
}

/** longestTimerMs is the longest delay a Node timer can have: 2^31 − 1; a longer one fires at once. */
export const longestTimerMs: number = 2 ** 31 - 1;

let defined: Settings | undefined;

/** settings is the one definition of the configuration, made when first asked for to keep the import cheap. */
export function settings(): Settings {
  defined ??= {
    scalars: defineScalars(),
    tls: defineTls(),
    metric: defineMetric(),
    metricName: {
      schema: z.string().check(z.regex(/^[A-Za-z][A-Za-z0-9_.\-/]{0,254}$/)),
      expected: 'a metric name: a letter, then at most 254 letters, digits or any of _ . - /',
      description: 'The name of a metric.',
    },
    label: {
      schema: z.union([z.string(), z.boolean(), z.number()]),
      expected: 'a string, a boolean or a finite number',
      description: 'The value of a label.',
      expands: true,
    },
    labelKey: {
      schema: z.string().check(z.minLength(1)),
      expected: 'a label key that is not empty',
      description: 'The key of a label.',
    },
    header: {
      schema: headerValueSchema(),
      expected: 'a string that an HTTP header can carry: no line break, no control character',
      description: 'The value of a header: a secret, best written as "${env:NAME}".',
      shows: 'nothing',
      expands: true,
    },
    headerName: {
      schema: headerNameSchema(),
      expected: "an HTTP header name: letters, digits and any of ! # $ % & ' * + - . ^ _ ` | ~",
      description: 'The name of a header.',
    },
    tables: {
      labels: 'Labels on everything that is sent: strings, booleans or numbers by key.',
      headers: 'HTTP headers of every request. Over plain http only to loopback.',
      tls: 'PEM files for TLS. Relative paths start at the folder of this file.',
      metrics: 'Options by metric name. They win over the options in the code.',
    },
  };
  return defined;
}

function defineScalars(): SettingsOf<Scalars> {
  return {
    endpoint: {
      schema: endpointSchema(),
      expected: 'an http or https URL, such as "http://localhost:4318"',
      description: 'Base URL of the collector; `/v1/metrics` is appended.',
      fallback: 'http://localhost:4318',
      variables: ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
      shows: 'url',
      expands: true,
    },
    socketPath: {
      ...nonEmptyText(),
      expected: 'the path of a Unix socket',
      description: "Unix socket to connect to, in place of the endpoint's host and port and of any proxy.",
      expands: true,
    },
    httpVersion: {
      ...oneOf(['1.1', '2']),
      description: 'HTTP/2 is offered in the TLS handshake; receivers without it get HTTP/1.1.',
      fallback: '1.1',
    },
    flushIntervalMs: {
      ...integer({ from: 10, to: longestTimerMs, unit: 'milliseconds', fallback: 60_000 }),
      description: 'Milliseconds between two flushes.',
      variables: ['OTEL_METRIC_EXPORT_INTERVAL'],
    },
    serviceName: {
      ...nonEmptyText(),
      description: "The resource's `service.name`; else the label `component`.",
      variables: ['OTEL_SERVICE_NAME'],
      expands: true,
    },
    serviceInstanceId: {
      ...nonEmptyText(),
      description: "The resource's `service.instance.id`; else fresh per process start.",
      expands: true,
    },
    protocol: {
      ...oneOf(['http/json', 'http/protobuf']),
      description: 'Encoding of the requests.',
      fallback: 'http/json',
      variables: ['OTEL_EXPORTER_OTLP_METRICS_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'],
    },
    compression: {
      ...oneOf(['none', 'gzip', 'zstd']),
      description: 'Compression of the requests. Every receiver takes gzip; few take zstd.',
      fallback: 'none',
      variables: ['OTEL_EXPORTER_OTLP_METRICS_COMPRESSION', 'OTEL_EXPORTER_OTLP_COMPRESSION'],
    },
    timeoutMs: {
      ...integer({ from: 0, to: longestTimerMs, unit: 'milliseconds', fallback: 10_000 }),
      description: 'One deadline for a flush, retries included; 0 means none.',
      variables: ['OTEL_EXPORTER_OTLP_METRICS_TIMEOUT', 'OTEL_EXPORTER_OTLP_TIMEOUT'],
    },
    maxRequestBytes: {
      ...integer({ from: 1024, to: 64 * 1024 * 1024, unit: 'bytes', fallback: 4 * 1024 * 1024 }),
      description: 'Larger snapshots are split into several requests.',
    },
    maxWindowAgeMs: {
      ...integer({ from: 1, to: longestTimerMs, unit: 'milliseconds', fallback: 3_600_000 }),
      description: 'An undeliverable delta window older than this is dropped, and counted.',
    },
    temporality: {
      ...oneOf(['cumulative', 'delta', 'low-memory']),
      description: 'Send running totals or what is new since the last delivered flush.',
      fallback: 'cumulative',
      variables: ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE'],
      words: { cumulative: 'cumulative', delta: 'delta', lowmemory: 'low-memory' },
    },
    latencyHistogram: {
      ...oneOf(['explicit', 'exponential']),
      description: 'Buckets of latencies: explicit bounds or base-2 exponential.',
      fallback: 'explicit',
      variables: ['OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION'],
      words: {
        explicit_bucket_histogram: 'explicit',
        base2_exponential_bucket_histogram: 'exponential',
      },
    },
    latencyBoundsMs: {
      ...bounds(),
      description: 'Bucket bounds of latencies, in milliseconds.',
      fallback: [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000],
    },
    cardinalityLimit: {
      ...integer({ from: 2, to: 10_000_000, unit: 'series', fallback: 2000 }),
      description: 'Series per metric, the overflow series included; what comes after goes to that one.',
    },
    idleFlushesBeforeRetirement: {
      ...integer({ from: 1, to: longestTimerMs, unit: 'flushes', fallback: 100 }),
      description:
        'Delivered flushes without a change after which a series makes room in a metric at its limit.',
    },
    selfMetrics: {
      schema: z.boolean(),
      expected: 'true or false',
      description: 'Also send metrics about the exports themselves (`otel.sdk.exporter.…`).',
      fallback: false,
    },
    labelPlacement: {
      ...oneOf(['both', 'resource', 'datapoint']),
      description: 'Put the labels on the resource, on each data point, or on both.',
      fallback: 'both',
    },
    allowInsecureCredentials: {
      schema: z.boolean(),
      expected: 'true or false',
      description: 'Send headers over plain http to any host, not only to loopback.',
      fallback: false,
    },
  };
}

function defineTls(): Settings['tls'] {
  const file = { ...nonEmptyText(), expected: 'the path of a PEM file', expands: true };
  return {
    caFile: {
      ...file,
      description: "Certificates to trust instead of the system's.",
      variables: ['OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE', 'OTEL_EXPORTER_OTLP_CERTIFICATE'],
    },
    certFile: {
      ...file,
      description: "This client's certificate, with `key-file`.",
      variables: ['OTEL_EXPORTER_OTLP_METRICS_CLIENT_CERTIFICATE', 'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE'],
    },
    keyFile: {
      ...file,
      description: "This client's private key, with `cert-file`.",
      variables: ['OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY', 'OTEL_EXPORTER_OTLP_CLIENT_KEY'],
    },
  };
}

function defineMetric(): Settings['metric'] {
  return {
    unit: {
      schema: z.string().check(z.regex(/^[\x20-\x7e]{0,63}$/)),
      expected: 'at most 63 printable ASCII characters, such as "ms" or "{message}"',
      description: 'Unit of the values.',
    },
    description: {
      schema: z.string(),
      expected: 'a string',
      description: 'What the metric tells, for people.',
    },
    bounds: { ...bounds(), description: 'Histogram bucket bounds, in the unit of the metric.' },
  };
}

function integer(range: {
  readonly from: number;
  readonly to: number;
  readonly unit: string;
  readonly fallback: number;
}): Omit<Setting<number>, 'description'> {
  return {
    schema: z.int().check(z.gte(range.from), z.lte(range.to)),
    expected: `an integer from ${range.from} to ${range.to} (${range.unit})`,
    fallback: range.fallback,
  };
}

function nonEmptyText(): Omit<Setting<string>, 'description'> {
  return { schema: z.string().check(z.regex(/\S/)), expected: 'a string that is not empty' };
}

function oneOf<const T extends readonly string[]>(words: T): Omit<Setting<T[number]>, 'description'> {
  const last = words.at(-1);
  const expected = `${words
    .slice(0, -1)
    .map((word) => `"${word}"`)
    .join(', ')} or "${last}"`;
  return { schema: z.enum(words), expected };
}

function bounds(): Omit<Setting<readonly number[]>, 'description'> {
  return {
    schema: increasingSchema(),
    expected: 'an array of at most 1000 finite, strictly increasing numbers',
  };
}
