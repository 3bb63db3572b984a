import { TelemetryHandle, type Exporter, type Snapshot } from '@pqcnet/telemetry-core';
import type { Tally } from '../record/recorder.ts';

/** An exporter that takes everything and does nothing. */
const acceptingExporter: Exporter = {
  temporality: 'cumulative',
  export: async () => ({ status: 'accepted' }),
};

/** makeHandle makes a handle that exports to nowhere. */
export function makeHandle(options: { readonly cardinalityLimit?: number } = {}): TelemetryHandle {
  return new TelemetryHandle({ exporter: acceptingExporter, ...options });
}

/** makeExponentialHandle makes one whose latencies are exponential histograms; undefined when there is no such thing. */
export function makeExponentialHandle(): TelemetryHandle | undefined {
  const options = { exporter: acceptingExporter, latencyHistogram: 'exponential' } as const;
  const trial = new TelemetryHandle(options);
  trial.recordLatencyMs('trial', 1);
  const type = trial.snapshot().points.at(0)?.type as string | undefined;
  return type === 'histogram' ? undefined : new TelemetryHandle(options);
}

/** sumOfCounters gives the running total of all counters. */
export function sumOfCounters(snapshot: Snapshot): Tally {
  let sum = 0n;
  for (const point of snapshot.points) if (point.type === 'sum') sum += BigInt(point.total);
  return [Number(sum)];
}

/** tallyOfHistograms gives the running totals of all histograms. */
export function tallyOfHistograms(snapshot: Snapshot): Tally {
  let count = 0;
  let sum = 0;
  for (const point of snapshot.points) {
    if (!('total' in point) || typeof point.total !== 'object') continue;
    count += point.total.count;
    sum += point.total.sum ?? 0;
  }
  return [count, sum];
}
