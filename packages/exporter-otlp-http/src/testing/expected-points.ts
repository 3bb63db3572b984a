import {
  type AttributeValue,
  type ExponentialRange,
  type Point,
  sendsDelta,
  type Snapshot,
  type Temporality,
} from '@pqcnet/telemetry-core';

import manifest from '../../package.json' with { type: 'json' };
import type { LabelPlacement } from '../encode/request-format.ts';

/** ExpectedOptions is how a snapshot was sent. */
export interface ExpectedOptions {
  readonly labelPlacement: LabelPlacement;
  readonly temporality: Temporality;
}

/** expectedPoints is what a receiver should see of a snapshot, from the snapshot alone. */
export function expectedPoints(
  snapshot: Omit<Snapshot, 'points'> & { readonly points: Iterable<Point> },
  options: ExpectedOptions,
): object[] {
  return [...snapshot.points]
    .filter((point) => !isDelta(point, options) || changed(point))
    .map((point) => Object.assign(aboutPoint(point, snapshot, options), dataOf(point, snapshot, options)));
}

type Shared = Omit<Snapshot, 'points'>;

function aboutPoint({ series }: Point, { labels, resource }: Shared, options: ExpectedOptions): object {
  const { metric, attributes } = series;
  const { labelPlacement } = options;
  return {
    name: metric.name,
    unit: metric.unit,
    description: metric.description.toWellFormed(),
    resource: attributesAsReceived(labelPlacement === 'datapoint' ? [] : labels, resource),
    attributes: attributesAsReceived(labelPlacement === 'resource' ? [] : labels, Object.entries(attributes)),
    scope: { name: '@pqcnet/telemetry', version: manifest.version, attributes: {} },
    flags: 0,
  };
}

function dataOf(point: Point, snapshot: Shared, options: ExpectedOptions): object {
  const { timeUnixNano } = snapshot;
  if (point.type === 'gauge')
    return { kind: 'gauge', startTimeUnixNano: 0n, timeUnixNano, value: point.value };
  const delta = isDelta(point, options);
  const startTimeUnixNano = delta ? point.windowStartTimeUnixNano : point.startTimeUnixNano;
  const times = { temporality: delta ? 'delta' : 'cumulative', startTimeUnixNano, timeUnixNano };
  switch (point.type) {
    case 'sum': {
      const value = BigInt(delta ? point.delta : point.total);
      return { ...times, kind: 'sum', monotonic: point.monotonic, value };
    }
    case 'histogram': {
      const { count, sum, min, max, bucketCounts } = delta ? point.delta : point.total;
      const moments = { sum, min, max };
      const buckets = { bounds: point.bounds, bucketCounts: Array.from(bucketCounts, BigInt) };
      return { ...times, ...moments, ...buckets, kind: 'histogram', count: BigInt(count) };
    }
    case 'exponential-histogram': {
      const { count, zeroCount, positive, negative, ...moments } = delta ? point.delta : point.total;
      return {
        ...times,
        ...moments,
        kind: 'exponential-histogram',
        count: BigInt(count),
        zeroCount: BigInt(zeroCount),
        zeroThreshold: 0,
        positive: rangeAsReceived(positive),
        negative: rangeAsReceived(negative),
      };
    }
  }
}

function rangeAsReceived({ offset, bucketCounts }: ExponentialRange): object {
  return bucketCounts.length === 0
    ? { offset: 0, bucketCounts: [] }
    : { offset, bucketCounts: Array.from(bucketCounts, BigInt) };
}

function attributesAsReceived(...layers: readonly Iterable<readonly [string, AttributeValue]>[]): object {
  const merged = new Map(layers.flatMap((layer) => Array.from(layer)));
  return Object.fromEntries([...merged].map(([key, value]) => [key.toWellFormed(), asReceived(value)]));
}

function asReceived(value: AttributeValue): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  return typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0)
    ? BigInt(value)
    : value;
}

function isDelta({ series }: Point, { temporality }: ExpectedOptions): boolean {
  return sendsDelta(series.metric.kind, temporality);
}

function changed(point: Point): boolean {
  if (point.type === 'gauge') return point.changed;
  return point.type === 'sum' ? BigInt(point.delta) !== 0n : point.delta.count > 0;
}
