import type { AttributeValue, Point, Snapshot } from '@pqcnet/telemetry-core';
import { expect } from 'vitest';

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
  const start = (point: { startTimeUnixNano: bigint }): bigint =>
    deltas ? snapshot.startTimeUnixNano : point.startTimeUnixNano;
  return [...snapshot.points]
    .filter((point) => !deltas || changed(point))
    .map((point) => {
      const { metric, attributes } = point.series;
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
            kind: 'sum',
            monotonic: true,
            temporality: deltas ? 'delta' : 'cumulative',
            startTimeUnixNano: start(point),
            timeUnixNano: snapshot.timeUnixNano,
            value: BigInt(deltas ? point.delta : point.total),
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
          const { count, sum, min, max, bucketCounts } = deltas ? point.delta : point.total;
          return {
            ...about,
            kind: 'histogram',
            temporality: deltas ? 'delta' : 'cumulative',
            startTimeUnixNano: start(point),
            timeUnixNano: snapshot.timeUnixNano,
            count: BigInt(count),
            sum,
            min,
            max,
            bounds: point.bounds,
            bucketCounts: bucketCounts.map(BigInt),
          };
        }
      }
    });
}

function changed(point: Point): boolean {
  if (point.type === 'gauge') return point.changed;
  return point.type === 'sum' ? BigInt(point.delta) !== 0n : point.delta.count > 0;
}
