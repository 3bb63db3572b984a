import { type Point, sendsDelta, type Temporality } from '@pqcnet/telemetry-core';

/** AGGREGATION_TEMPORALITY holds the numbers of OTLP's enumeration. */
export const AGGREGATION_TEMPORALITY = { delta: 1, cumulative: 2 } as const;

/**
 * isSent says whether a point goes out: all do in a cumulative stream, only those that changed in a delta one.
 *
 * Source: OpenTelemetry metrics data model, "Temporality".
 */
export function isSent(point: Point, temporality: Temporality): boolean {
  if (!sendsDelta(point.series.metric.kind, temporality)) return true;
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
