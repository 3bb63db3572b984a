import type { Point, Temporality } from '@pqcnet/telemetry-core';

/** ExponentialHistogramPoint is a histogram's data in base-2 exponential buckets. */
export type ExponentialHistogramPoint = Extract<Point, { readonly type: 'exponential-histogram' }>;
/** ExponentialDistribution is what an exponential histogram knows of the values recorded in some time. */
export type ExponentialDistribution = ExponentialHistogramPoint['total'];
/** ExponentialRange is the counts of adjoining buckets. */
export type ExponentialRange = ExponentialDistribution['positive'];

/** AGGREGATION_TEMPORALITY holds the numbers of OTLP's enumeration. */
export const AGGREGATION_TEMPORALITY = { delta: 1, cumulative: 2 } as const;

/**
 * sendsDelta says whether a point's delta goes out, or its running total. Up-down counters are cumulative in every
 * temporality.
 *
 * Source: OTLP exporter specification, "Temporality preference".
 */
export function sendsDelta(point: Point, temporality: Temporality): boolean {
  return temporality !== 'cumulative' && (point.type !== 'sum' || point.monotonic);
}

/**
 * isSent says whether a point goes out: all do in a cumulative stream, only those that changed in a delta one.
 *
 * Source: OpenTelemetry metrics data model, "Temporality".
 */
export function isSent(point: Point, temporality: Temporality): boolean {
  if (!sendsDelta(point, temporality)) return true;
  switch (point.type) {
    case 'sum':
      return point.delta !== 0 && point.delta !== 0n;
    case 'histogram':
    case 'exponential-histogram':
      return point.delta.count !== 0;
    case 'gauge':
      return point.changed;
  }
}
