import type { Meter } from '@opentelemetry/api';
import { emptyResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  type AggregationOption,
  AggregationTemporality,
  AggregationType,
  type CollectionResult,
  MeterProvider,
  MetricReader,
} from '@opentelemetry/sdk-metrics';
import type { Tally } from '../record/recorder.ts';

/** CollectingReader collects when it is told to, and exports nothing. */
class CollectingReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** MeterOptions is what the OpenTelemetry SDK is made with. */
export interface MeterOptions {
  readonly cardinalityLimit?: number;
  /** Exponential histograms instead of explicit ones. */
  readonly exponential?: boolean;
  readonly resource?: Readonly<Record<string, string>>;
}

/** makeMeter makes an OpenTelemetry meter with one reader, cumulative as ours. */
export function makeMeter(options: MeterOptions = {}): {
  readonly meter: Meter;
  readonly collect: () => Promise<CollectionResult>;
} {
  const { cardinalityLimit, exponential = false, resource } = options;
  const aggregation: AggregationOption = { type: AggregationType.EXPONENTIAL_HISTOGRAM };
  const reader = new CollectingReader({
    aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE,
    ...(cardinalityLimit === undefined ? {} : { cardinalitySelector: () => cardinalityLimit }),
    ...(exponential ? { aggregationSelector: () => aggregation } : {}),
  });
  const provider = new MeterProvider({
    readers: [reader],
    resource: resource === undefined ? emptyResource() : resourceFromAttributes(resource),
  });
  return { meter: provider.getMeter('benchmarks'), collect: () => reader.collect() };
}

/** sumOfCollected gives the sum of all counters. */
export function sumOfCollected({ resourceMetrics }: CollectionResult): Tally {
  let sum = 0;
  for (const { metrics } of resourceMetrics.scopeMetrics) {
    for (const { dataPoints } of metrics) {
      for (const { value } of dataPoints) if (typeof value === 'number') sum += value;
    }
  }
  return [sum];
}

/** tallyOfCollected gives the records and the sum of all histograms. */
export function tallyOfCollected({ resourceMetrics }: CollectionResult): Tally {
  let count = 0;
  let sum = 0;
  for (const { metrics } of resourceMetrics.scopeMetrics) {
    for (const { dataPoints } of metrics) {
      for (const { value } of dataPoints) {
        if (typeof value === 'number') continue;
        count += value.count;
        sum += value.sum ?? 0;
      }
    }
  }
  return [count, sum];
}
