import type { AttributeValue, Point, Snapshot } from '@pqcnet/telemetry-core';
import { expect } from 'vitest';

import type { ExponentialRange } from '../encode/point-values.ts';
import type { LabelPlacement } from '../encode/request-format.ts';

/** An attribute as a receiver sees it. */
function asReceived(value: AttributeValue): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  return typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0)
    ? BigInt(value)
    : value;
}

function attributesAsReceived(...layers: readonly Iterable<readonly [string, AttributeValue]>[]): object {
  const merged = new Map(layers.flatMap((layer) => [...layer]));
  return Object.fromEntries([...merged].map(([key, value]) => [key.toWellFormed(), asReceived(value)]));
}

/** What a receiver should see of a snapshot, from the snapshot alone. */
export function expectedPoints(
  snapshot: Snapshot,
  options: { readonly labelPlacement: LabelPlacement; readonly deltas: boolean },
): object[] {
  const { labelPlacement, deltas } = options;
  const { labels, resource } = snapshot;
  const isDelta = (point: Point): boolean => deltas && (point.type !== 'sum' || point.monotonic);
  return [...snapshot.points]
    .filter((point) => !deltas || !isDelta(point) || changed(point))
    .map((point) => {
      const { metric, attributes } = point.series;
      const delta = isDelta(point);
      const times = {
        temporality: delta ? 'delta' : 'cumulative',
        startTimeUnixNano:
          delta || point.type === 'gauge' ? snapshot.startTimeUnixNano : point.startTimeUnixNano,
        timeUnixNano: snapshot.timeUnixNano,
      };
      const about = {
        name: metric.name,
        unit: metric.unit,
        description: metric.description.toWellFormed(),
        resource: attributesAsReceived(labelPlacement === 'datapoint' ? [] : labels, resource),
        attributes: attributesAsReceived(
          labelPlacement === 'resource' ? [] : labels,
          Object.entries(attributes),
        ),
        scope: {
          name: '@pqcnet/telemetry',
          version: expect.stringMatching(/^\d+\.\d+\.\d+/),
          attributes: {},
        },
        flags: 0,
      };
      switch (point.type) {
        case 'sum':
          return {
            ...about,
            ...times,
            kind: 'sum',
            monotonic: point.monotonic,
            value: BigInt(delta ? point.delta : point.total),
          };
        case 'gauge':
          return {
            ...about,
            kind: 'gauge',
            startTimeUnixNano: 0n,
            timeUnixNano: point.changed ? point.timeUnixNano : snapshot.timeUnixNano,
            value: point.value,
          };
        case 'histogram': {
          const { count, bucketCounts, ...moments } = delta ? point.delta : point.total;
          return {
            ...about,
            ...times,
            ...moments,
            kind: 'histogram',
            count: BigInt(count),
            bounds: point.bounds,
            bucketCounts: bucketCounts.map(BigInt),
          };
        }
        case 'exponential-histogram': {
          const { count, zeroCount, positive, negative, ...moments } = delta ? point.delta : point.total;
          return {
            ...about,
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
    });
}

function rangeAsReceived({ offset, bucketCounts }: ExponentialRange): object {
  return bucketCounts.length === 0
    ? { offset: 0, bucketCounts: [] }
    : { offset, bucketCounts: bucketCounts.map(BigInt) };
}

function changed(point: Point): boolean {
  if (point.type === 'gauge') return point.changed;
  return point.type === 'sum' ? BigInt(point.delta) !== 0n : point.delta.count > 0;
}
