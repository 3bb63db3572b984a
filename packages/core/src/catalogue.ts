import type { AttributeValue } from './attributes.ts';
import type { Counter, Gauge, Histogram, Latency, UpDownCounter } from './instruments.ts';
import type { Recording } from './recording.ts';
import type { Result } from './result.ts';
import type { TelemetryError } from './telemetry-error.ts';

/**
 * Catalogue is the metrics of a program by name, written down in one place: `telemetry.catalogue(…)` gives ways to
 * record in which the compiler checks names, kinds and attribute keys.
 */
export interface Catalogue {
  readonly [name: string]: MetricDefinition;
}

/** MetricDefinition is one metric of a catalogue. */
export interface MetricDefinition {
  /** What it measures with. */
  readonly kind: 'counter' | 'up-down-counter' | 'latency' | 'histogram' | 'gauge';
  /** The keys that every series of the metric has. Default: none. */
  readonly attributes?: readonly string[];
  /** A UCUM unit such as `By`, `s` or `{request}`; at most 63 ASCII characters. A latency's is always `ms`. */
  readonly unit?: string;
  /** What the metric tells, for people; the receiver gets it. */
  readonly description?: string;
  /** Upper-inclusive bounds of a latency (in milliseconds) or histogram (in its unit), finite and strictly increasing. */
  readonly bounds?: readonly number[];
}

type NamesOf<C extends Catalogue, Kind extends MetricDefinition['kind']> = {
  [Name in keyof C & string]: C[Name]['kind'] extends Kind ? Name : never;
}[keyof C & string];

type KeysOf<D extends MetricDefinition> = D['attributes'] extends readonly string[]
  ? D['attributes'][number]
  : never;

/** The attributes argument of a metric: none when it has no keys, else exactly its keys. */
type AttributesOf<D extends MetricDefinition> = [KeysOf<D>] extends [never]
  ? []
  : [attributes: Readonly<Record<KeysOf<D>, AttributeValue>>];

/** CataloguedRecording is Recording with names, kinds and attribute keys checked against a catalogue. */
export interface CataloguedRecording<C extends Catalogue> {
  /** Like `recordCounter` of Recording: adds a whole number from 0 to 2^64 − 1. */
  recordCounter<N extends NamesOf<C, 'counter'>>(
    name: N,
    delta: number | bigint,
    ...attributes: AttributesOf<C[N]>
  ): Result<void, TelemetryError>;
  /** Like `recordLatencyMs` of Recording: finite milliseconds, 0 or more. */
  recordLatencyMs<N extends NamesOf<C, 'latency'>>(
    name: N,
    milliseconds: number,
    ...attributes: AttributesOf<C[N]>
  ): Result<void, TelemetryError>;
  /** Like `recordGauge` of Recording: a finite value. */
  recordGauge<N extends NamesOf<C, 'gauge'>>(
    name: N,
    value: number,
    ...attributes: AttributesOf<C[N]>
  ): Result<void, TelemetryError>;
  /** A counter that is bound to its attributes. */
  counter<N extends NamesOf<C, 'counter'>>(name: N, ...attributes: AttributesOf<C[N]>): Counter;
  /** An up-down counter that is bound to its attributes. */
  upDownCounter<N extends NamesOf<C, 'up-down-counter'>>(
    name: N,
    ...attributes: AttributesOf<C[N]>
  ): UpDownCounter;
  /** A latency that is bound to its attributes. */
  latency<N extends NamesOf<C, 'latency'>>(name: N, ...attributes: AttributesOf<C[N]>): Latency;
  /** A histogram that is bound to its attributes. */
  histogram<N extends NamesOf<C, 'histogram'>>(name: N, ...attributes: AttributesOf<C[N]>): Histogram;
  /** A gauge that is bound to its attributes. */
  gauge<N extends NamesOf<C, 'gauge'>>(name: N, ...attributes: AttributesOf<C[N]>): Gauge;
}

/** The kinds that a catalogue can hold. */
export const cataloguedKinds: readonly MetricDefinition['kind'][] = [
  'counter',
  'up-down-counter',
  'latency',
  'histogram',
  'gauge',
];

/** catalogued gives the ways to record of a catalogue: those of any recording, with attributes as an argument. */
export function catalogued<C extends Catalogue>(recording: Recording): CataloguedRecording<C> {
  return {
    recordCounter: (name, delta, ...[attributes]) => recording.recordCounter(name, delta, attributes),
    recordLatencyMs: (name, milliseconds, ...[attributes]) =>
      recording.recordLatencyMs(name, milliseconds, attributes),
    recordGauge: (name, value, ...[attributes]) => recording.recordGauge(name, value, attributes),
    counter: (name, ...[attributes]) => recording.counter(name, { attributes }),
    upDownCounter: (name, ...[attributes]) => recording.upDownCounter(name, { attributes }),
    latency: (name, ...[attributes]) => recording.latency(name, { attributes }),
    histogram: (name, ...[attributes]) => recording.histogram(name, { attributes }),
    gauge: (name, ...[attributes]) => recording.gauge(name, { attributes }),
  };
}
