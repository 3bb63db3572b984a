import type { AttributeValue } from '../attributes.ts';
import type { Distribution, ExponentialDistribution, Point } from './point.ts';
import type { Snapshot, SnapshotJson } from './snapshot.ts';

/** snapshotToJson gives a snapshot as plain data, 64-bit integers as decimal strings. */
export function snapshotToJson(snapshot: Snapshot): SnapshotJson {
  return {
    startTimeUnixNano: String(snapshot.startTimeUnixNano),
    timeUnixNano: String(snapshot.timeUnixNano),
    resource: plain(snapshot.resource),
    labels: plain(snapshot.labels),
    points: Array.from(snapshot.points, pointToJson),
  };
}

function pointToJson(point: Point): Readonly<Record<string, unknown>> {
  const { metric, attributes } = point.series;
  const { name, kind, unit } = metric;
  return { name, kind, unit, attributes: plain(Object.entries(attributes)), ...valuesToJson(point) };
}

function valuesToJson(point: Point): Readonly<Record<string, unknown>> {
  switch (point.type) {
    case 'sum':
      return {
        startTimeUnixNano: String(point.startTimeUnixNano),
        delta: String(point.delta),
        total: String(point.total),
      };
    case 'histogram':
      return {
        startTimeUnixNano: String(point.startTimeUnixNano),
        bounds: point.bounds,
        delta: distributionToJson(point.delta),
        total: distributionToJson(point.total),
      };
    case 'exponential-histogram':
      return {
        startTimeUnixNano: String(point.startTimeUnixNano),
        delta: exponentialToJson(point.delta),
        total: exponentialToJson(point.total),
      };
    case 'gauge':
      return { value: point.value, timeUnixNano: String(point.timeUnixNano), changed: point.changed };
  }
}

function distributionToJson(values: Distribution): Readonly<Record<string, unknown>> {
  const { count, sum, min, max, bucketCounts } = values;
  return { count: String(count), sum, min, max, bucketCounts: Array.from(bucketCounts, String) };
}

function exponentialToJson(values: ExponentialDistribution): Readonly<Record<string, unknown>> {
  const { count, zeroCount, positive, negative } = values;
  return {
    ...values,
    count: String(count),
    zeroCount: String(zeroCount),
    positive: { offset: positive.offset, bucketCounts: Array.from(positive.bucketCounts, String) },
    negative: { offset: negative.offset, bucketCounts: Array.from(negative.bucketCounts, String) },
  };
}

/** An object without a prototype, so that `__proto__` is a key like any other. */
function plain(entries: Iterable<readonly [string, AttributeValue]>): Readonly<Record<string, unknown>> {
  const object = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of entries) object[key] = typeof value === 'bigint' ? String(value) : value;
  return object;
}
