import type { AttributeValue, Attributes } from '../attributes.ts';
import type { InstrumentKind } from '../state/metric.ts';
import type { MetricOptions } from '../state/state.ts';

/** MetricIdentity is what a worker says of a metric before it records in it. */
export interface MetricIdentity {
  readonly name: string;
  readonly kind: InstrumentKind;
  /** What the worker's code said of the metric. */
  readonly options: MetricOptions;
  /** The bounds of the worker's buckets, also where its code named none. */
  readonly bounds: readonly number[];
  readonly isExponential: boolean;
}

export function encodeMetric(identity: MetricIdentity): string {
  return JSON.stringify(identity);
}

export function decodeMetric(json: string): MetricIdentity {
  return JSON.parse(json) as MetricIdentity;
}

/** Keys and values in turn; a bigint, which JSON has not, as an array of its digits. */
export function encodeAttributes(attributes: Attributes): string {
  const flat = Object.entries(attributes).flatMap(([key, value]) => [
    key,
    typeof value === 'bigint' ? [`${value}`] : value,
  ]);
  return flat.length === 0 ? '' : JSON.stringify(flat);
}

export function decodeAttributes(json: string): Attributes {
  const attributes = Object.create(null) as Record<string, AttributeValue>;
  const flat = json === '' ? [] : (JSON.parse(json) as readonly unknown[]);
  for (let i = 0; i < flat.length; i += 2) {
    const value = flat[i + 1];
    attributes[flat[i] as string] = Array.isArray(value)
      ? BigInt(value[0] as string)
      : (value as AttributeValue);
  }
  return attributes;
}
