import type { Attributes } from './attributes.ts';
import type { ReceivedRequest } from './received-request.ts';

/** How the points of a stream relate: `delta` since the one before, `cumulative` since its start. */
export type Temporality = 'delta' | 'cumulative' | 'unspecified';

/** What every point of {@link TestCollector.metrics} has. */
export interface MetricPointBase {
  readonly name: string;
  readonly description: string;
  /** UCUM, for instance `ms` or `{message}`; empty when not given. */
  readonly unit: string;
  readonly attributes: Attributes;
  /** The attributes of the resource that the point was sent under. */
  readonly resource: Attributes;
  readonly scope: { readonly name: string; readonly version: string; readonly attributes: Attributes };
  /** Nanoseconds since 1970; 0n when not given. */
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
  readonly flags: number;
  /** The request that brought the point. */
  readonly request: ReceivedRequest;
}

/** A point of a sum: a counter (monotonic) or an up-down counter. */
export interface SumPoint extends MetricPointBase {
  readonly kind: 'sum';
  readonly temporality: Temporality;
  readonly monotonic: boolean;
  /** `asInt` as bigint, `asDouble` as number; undefined when the point had neither. */
  readonly value: bigint | number | undefined;
}

/** A point of a gauge. */
export interface GaugePoint extends MetricPointBase {
  readonly kind: 'gauge';
  /** `asInt` as bigint, `asDouble` as number; undefined when the point had neither. */
  readonly value: bigint | number | undefined;
}

/** A point of a histogram with explicit bounds. */
export interface HistogramPoint extends MetricPointBase {
  readonly kind: 'histogram';
  readonly temporality: Temporality;
  readonly count: bigint;
  readonly sum: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** Upper-inclusive, increasing; `bucketCounts` has one entry more. */
  readonly bounds: readonly number[];
  readonly bucketCounts: readonly bigint[];
}

/** A point of a base-2 exponential histogram: bucket i covers (base^i, base^(i+1)], base = 2^(2^−scale). */
export interface ExponentialHistogramPoint extends MetricPointBase {
  readonly kind: 'exponential-histogram';
  readonly temporality: Temporality;
  readonly count: bigint;
  readonly sum: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly scale: number;
  readonly zeroCount: bigint;
  readonly zeroThreshold: number;
  readonly positive: { readonly offset: number; readonly bucketCounts: readonly bigint[] };
  readonly negative: { readonly offset: number; readonly bucketCounts: readonly bigint[] };
}

/** A point of a summary (legacy of OTLP; new code does not send it). */
export interface SummaryPoint extends MetricPointBase {
  readonly kind: 'summary';
  readonly count: bigint;
  readonly sum: number;
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[];
}

/** One data point of one series, with what its metric, scope and resource say about it. */
export type MetricPoint = SumPoint | GaugePoint | HistogramPoint | ExponentialHistogramPoint | SummaryPoint;
