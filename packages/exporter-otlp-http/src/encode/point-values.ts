import type { Point, Temporality } from '@pqcnet/telemetry-core';

/** AGGREGATION_TEMPORALITY holds the numbers of OTLP's enumeration. */
export const AGGREGATION_TEMPORALITY = { delta: 1, cumulative: 2 } as const;

/** sendsDeltas says whether sums and histograms go out as deltas. All of them come from synchronous instruments. */
export function sendsDeltas(temporality: Temporality): boolean {
  return temporality !== 'cumulative';
}

/**
 * isSent says whether a point goes out: all do in a cumulative stream, only those that changed in a delta one.
 *
 * Source: OpenTelemetry metrics data model, "Temporality".
 */
export function isSent(point: Point, temporality: Temporality): boolean {
  if (!sendsDeltas(temporality)) return true;
  switch (point.type) {
    case 'sum':
      return point.delta !== 0 && point.delta !== 0n;
    case 'histogram':
      return point.delta.count !== 0;
    case 'gauge':
      return point.changed;
  }
}
