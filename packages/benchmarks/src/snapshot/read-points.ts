import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { BucketCounts, Snapshot } from '@pqcnet/telemetry-core';

/** readTotals reads the running total of every point, its series and buckets too. What it gives depends on all of them. */
export function readTotals(snapshot: Snapshot): number {
  let digest = 0;
  for (const point of snapshot.points) {
    digest += point.series.id + point.series.metric.name.length;
    if (point.type === 'gauge') digest += point.value;
    else if (point.type === 'sum') digest += Number(point.total);
    else digest += readDistribution(point.total);
  }
  return digest;
}

/** readTotalsAndDeltas reads what is new since the last delivered flush, too. */
export function readTotalsAndDeltas(snapshot: Snapshot): number {
  let digest = 0;
  for (const point of snapshot.points) {
    digest += point.series.id + point.series.metric.name.length;
    if (point.type === 'gauge') digest += point.value;
    else if (point.type === 'sum') digest += Number(point.delta) + Number(point.total);
    else digest += readDistribution(point.delta) + readDistribution(point.total);
  }
  return digest;
}

function readDistribution(values: {
  readonly count: number;
  readonly sum: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly bucketCounts?: BucketCounts;
}): number {
  const { count, sum, min, max, bucketCounts } = values;
  let digest = count + (sum ?? 0) + (min ?? 0) + (max ?? 0);
  if (bucketCounts === undefined) return digest;
  for (let i = 0; i < bucketCounts.length; i += 1) digest += bucketCounts.at(i) ?? 0;
  return digest;
}

/** readCollected reads every point of what the peer collected; it has running totals only. */
export function readCollected({ scopeMetrics }: ResourceMetrics): number {
  let digest = 0;
  for (const { metrics } of scopeMetrics) {
    for (const { descriptor, dataPoints } of metrics) {
      for (const { value } of dataPoints) {
        digest += descriptor.name.length;
        if (typeof value === 'number') digest += value;
        else {
          digest += value.count + (value.sum ?? 0) + (value.min ?? 0) + (value.max ?? 0);
          if (!('buckets' in value)) continue;
          for (const count of value.buckets.counts) digest += count;
        }
      }
    }
  }
  return digest;
}
