import type { Temporality } from './exporter.ts';
import type { InstrumentKind } from './state/metric.ts';

/**
 * sendsDelta says whether an exporter of that temporality sends of a metric what is new, or its running total.
 *
 * Source: OTLP exporter specification, "Temporality preference".
 */
export function sendsDelta(kind: InstrumentKind, temporality: Temporality): boolean {
  switch (kind) {
    case 'up-down-counter':
    case 'observed-up-down-counter':
      return false;
    case 'observed-counter':
      return temporality === 'delta';
    default:
      return temporality !== 'cumulative';
  }
}
