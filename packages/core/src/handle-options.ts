import type { AttributeValue, Attributes } from './attributes.ts';
import { type Clock, systemClock } from './clock.ts';
import { describeValue } from './describe-value.ts';
import type { Exporter, Temporality } from './exporter.ts';
import { copyAttributes } from './record/copy-attributes.ts';
import {
  validateBounds,
  validateDescription,
  validateName,
  validateUnit,
} from './record/validate-instrument.ts';
import { requireNode } from './require-node.ts';
import type { MetricOptions } from './state/state.ts';
import { TelemetryError } from './telemetry-error.ts';

/** TelemetryHandleOptions is what a handle is made of. Only the exporter is required. */
export interface TelemetryHandleOptions {
  /** Where flushes go. */
  readonly exporter: Exporter;
  /** What produces the metrics: OTLP resource attributes such as `service.name`. */
  readonly resource?: Attributes | ReadonlyMap<string, AttributeValue> | undefined;
  /** Labels that go with everything that is sent. */
  readonly labels?: Attributes | ReadonlyMap<string, AttributeValue> | undefined;
  /** The time between the flushes of `start()`, in milliseconds: 1 to 2^31 − 1. Default 10,000. */
  readonly flushIntervalMs?: number | undefined;
  /** The time one flush may take, retries included, in milliseconds: 1 to 2^31 − 1. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /** Upper-inclusive bounds of latencies that are told none, in milliseconds. Default: OpenTelemetry's. */
  readonly latencyBoundsMs?: readonly number[] | undefined;
  /**
   * The buckets of latencies and histograms that are told no bounds: `explicit` ones at the default bounds, or base-2
   * `exponential` ones that fit themselves to the values. Default `explicit`.
   */
  readonly latencyHistogram?: 'explicit' | 'exponential' | undefined;
  /** How many series a metric may have, the overflow series included: 2 or more. Default 2000. */
  readonly cardinalityLimit?: number | undefined;
  /**
   * After how many delivered flushes without a change a series makes room, in a metric that has reached its limit:
   * 1 or more. Default 100.
   */
  readonly idleFlushesBeforeRetirement?: number | undefined;
  /**
   * How old deltas may become that can't be delivered, in milliseconds: 1 to 2^53 − 1. Older ones are given up,
   * counted as dropped, and reported. Default 3,600,000 (one hour).
   */
  readonly maxWindowAgeMs?: number | undefined;
  /** Unit, description and bounds by metric name; they win over those in code. */
  readonly metrics?: ReadonlyMap<string, MetricOptions> | undefined;
  /**
   * Has exports measured under their semantic-convention names (`otel.sdk.exporter.…`), with these attributes. Default:
   * they are not.
   */
  readonly selfMetrics?: Attributes | undefined;
  /** True makes every record and flush do nothing, with success. Default false. */
  readonly disabled?: boolean | undefined;
  /** Where time comes from. */
  readonly clock?: Clock | undefined;
  /** Gives numbers from 0 (inclusive) to 1, to spread retries. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Where warnings go. Default: `process.emitWarning`. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** InstrumentOptions is what a bound instrument is told: which series it is, and what its metric is. */
export interface InstrumentOptions {
  /** The series; copied now, so that later changes of the object change nothing. */
  readonly attributes?: Attributes | undefined;
  /** A UCUM unit such as `By`, `s` or `{request}`; at most 63 ASCII characters. */
  readonly unit?: string | undefined;
  /** What the metric tells, for people; the receiver gets it. */
  readonly description?: string | undefined;
}

/** LatencyOptions adds the bounds of the buckets. */
export interface LatencyOptions extends Omit<InstrumentOptions, 'unit'> {
  /** Upper-inclusive bounds in milliseconds, finite and strictly increasing. */
  readonly boundsMs?: readonly number[] | undefined;
}

/** HistogramOptions adds the bounds of the buckets. */
export interface HistogramOptions extends InstrumentOptions {
  /** Upper-inclusive bounds in the histogram's unit, finite and strictly increasing. */
  readonly bounds?: readonly number[] | undefined;
}

/** ObserveOptions is what is observed. */
export interface ObserveOptions extends InstrumentOptions {
  /** What the observer's value is: a level (default), a running total that only grows, or one that also falls. */
  readonly kind?: 'gauge' | 'counter' | 'up-down-counter' | undefined;
}

/** Source: OpenTelemetry metrics SDK specification, "Explicit bucket histogram aggregation". */
const defaultBounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000] as const;

const temporalities: readonly Temporality[] = ['cumulative', 'delta', 'low-memory'];

/** The longest delay that a timer can hold, in milliseconds. */
export const longestTimerMs: number = 2 ** 31 - 1;

/** CheckedOptions are a handle's options, complete and valid. */
export interface CheckedOptions {
  readonly exporter: Exporter;
  readonly resource: ReadonlyMap<string, AttributeValue>;
  readonly labels: ReadonlyMap<string, AttributeValue>;
  readonly flushIntervalMs: number;
  readonly timeoutMs: number;
  readonly latencyBoundsMs: readonly number[];
  readonly histogramBounds: readonly number[];
  readonly isExponential: boolean;
  readonly cardinalityLimit: number;
  readonly idleFlushesBeforeRetirement: number;
  readonly maxWindowAgeMs: number;
  readonly random: () => number;
  readonly metrics: ReadonlyMap<string, MetricOptions>;
  readonly selfMetrics: Attributes | undefined;
  readonly isDisabled: boolean;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

/**
 * checkOptions fills in what was left out. Throws a TelemetryError with `INVALID_OPTIONS` for what can't be used, or with
 * `UNSUPPORTED_RUNTIME` where it can't run.
 */
export function checkOptions(options: TelemetryHandleOptions): CheckedOptions {
  requireNode(globalThis.process?.versions.node);
  // Callers of JavaScript pass anything.
  if (!isObject(options)) throw invalidOption('options', options, 'an object with an exporter');
  const { exporter, flushIntervalMs = 10_000, timeoutMs = 10_000, cardinalityLimit = 2000 } = options;
  if (!isObject(exporter) || typeof exporter.export !== 'function') {
    throw invalidOption('exporter', exporter, 'an object with a method export, such as an OtlpHttpExporter');
  }
  if (!temporalities.includes(exporter.temporality)) {
    throw invalidOption('exporter.temporality', exporter.temporality, temporalities.join(', '));
  }
  const { latencyHistogram = 'explicit', idleFlushesBeforeRetirement = 100 } = options;
  if (latencyHistogram !== 'explicit' && latencyHistogram !== 'exponential') {
    throw invalidOption('latencyHistogram', latencyHistogram, "'explicit' or 'exponential'");
  }
  const latencyBoundsMs = options.latencyBoundsMs ?? defaultBounds;
  throwIfInvalid('latencyBoundsMs', validateBounds('latencyBoundsMs', latencyBoundsMs));
  const metrics: ReadonlyMap<string, MetricOptions> = options.metrics ?? new Map();
  if (!(metrics instanceof Map)) throw invalidOption('metrics', metrics, 'a Map of options by metric name');
  for (const [name, metric] of metrics) {
    throwIfInvalid('metrics', validateName(name));
    if (!isObject(metric)) throw invalidOption(`metrics: ${name}`, metric, 'an object');
    const { unit, description, bounds } = metric;
    throwIfInvalid('metrics', validateUnit(name, unit));
    throwIfInvalid('metrics', validateDescription(name, description));
    throwIfInvalid('metrics', validateBounds(name, bounds));
  }
  return {
    exporter,
    resource: copyLabels('resource', options.resource),
    labels: copyLabels('labels', options.labels),
    flushIntervalMs: requireInteger('flushIntervalMs', flushIntervalMs, { from: 1, to: longestTimerMs }),
    timeoutMs: requireInteger('timeoutMs', timeoutMs, { from: 1, to: longestTimerMs }),
    latencyBoundsMs,
    histogramBounds: defaultBounds,
    isExponential: latencyHistogram === 'exponential',
    cardinalityLimit: requireInteger('cardinalityLimit', cardinalityLimit, { from: 2, to: 2 ** 31 }),
    idleFlushesBeforeRetirement: requireInteger('idleFlushesBeforeRetirement', idleFlushesBeforeRetirement, {
      from: 1,
      to: 2 ** 31,
    }),
    maxWindowAgeMs: requireInteger('maxWindowAgeMs', options.maxWindowAgeMs ?? 3_600_000, {
      from: 1,
      to: Number.MAX_SAFE_INTEGER,
    }),
    random: options.random ?? Math.random,
    metrics,
    selfMetrics: options.selfMetrics,
    isDisabled: options.disabled ?? false,
    clock: options.clock ?? systemClock,
    warn: warnerOf(options.warn),
  };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function copyLabels(
  what: string,
  labels: Attributes | ReadonlyMap<string, AttributeValue> | undefined,
): ReadonlyMap<string, AttributeValue> {
  if (labels === undefined) return new Map();
  const copy = copyAttributes(labels instanceof Map ? fromEntries(labels) : labels);
  if (!copy.ok) throwIfInvalid(what, copy.error);
  const { normalized } = copy.ok ? copy.value : { normalized: [] };
  const entries: [string, AttributeValue][] = [];
  for (let i = 0; i < normalized.length; i += 2) {
    entries.push([normalized[i] as string, normalized[i + 1] as AttributeValue]);
  }
  return new Map(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Like Object.fromEntries, with `__proto__` a key like any other. */
function fromEntries(entries: ReadonlyMap<string, AttributeValue>): Attributes {
  const object = Object.create(null) as Record<string, AttributeValue>;
  for (const [key, value] of entries) object[key] = value;
  return object;
}

function requireInteger(
  name: string,
  value: number,
  range: { readonly from: number; readonly to: number },
): number {
  if (Number.isInteger(value) && value >= range.from && value <= range.to) return value;
  throw invalidOption(name, value, `an integer from ${range.from} to ${range.to}`);
}

/** invalidOption is the error of an option that can't be used. */
export function invalidOption(name: string, value: unknown, expected: string): TelemetryError {
  return new TelemetryError(
    'INVALID_OPTIONS',
    `Option ${name} is ${describeValue(value)}: expected ${expected}.`,
  );
}

function throwIfInvalid(option: string, error: TelemetryError | undefined): void {
  if (error === undefined) return;
  throw new TelemetryError('INVALID_OPTIONS', `Option ${option}: ${error.message}`, { cause: error });
}

/** warnerOf gives what warns, if nothing else as Node does; it must not break what it warns of. */
export function warnerOf(
  warn: (message: string) => void = (message) => process.emitWarning(message, { code: 'PQCNET_TELEMETRY' }),
): (message: string) => void {
  return (message) => {
    try {
      warn(message);
    } catch {
      // There is no one left to tell.
    }
  };
}
