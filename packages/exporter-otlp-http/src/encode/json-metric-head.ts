import type { Metric, Point } from '@pqcnet/telemetry-core';

import { type Fragment, fragmentBy, fragmentOf } from './byte-writer.ts';
import { AGGREGATION_TEMPORALITY } from './point-values.ts';
import { MAX_DECIMAL_BYTES, writeJsonDouble } from './write-decimal.ts';

const COMMA = 0x2c;

/** JsonMetricHeads keeps each metric's own encoded text from one export to the next, and frees it with the metric. */
export type JsonMetricHeads = WeakMap<Metric, JsonMetricHead>;

/** JsonMetricHead is what all points of a metric have in common. */
export interface JsonMetricHead {
  /** What stands before the points. */
  readonly head: Fragment;
  bounds: readonly number[];
  /** What ends an explicit histogram's point: the bounds, and the bracket of the bucket counts before them. */
  boundsTail: Fragment;
}

/** encodeJsonMetricHead encodes a metric with the type of its points. */
export function encodeJsonMetricHead(point: Point, delta: boolean): JsonMetricHead {
  const { name, description, unit } = point.series.metric;
  const about =
    (description === '' ? '' : `"description":${quote(description)},`) +
    (unit === '' ? '' : `"unit":${quote(unit)},`);
  const head = fragmentOf(`{"name":${quote(name)},${about}${dataOf(point, delta)}"dataPoints":[`);
  return { head, bounds: [], boundsTail: encodeBoundsTail([]) };
}

/** boundsTailOf is the encoded end of an explicit histogram's point. All points of a metric have the same bounds. */
export function boundsTailOf(metric: JsonMetricHead, bounds: readonly number[]): Fragment {
  if (metric.bounds !== bounds) {
    metric.bounds = bounds;
    metric.boundsTail = encodeBoundsTail(bounds);
  }
  return metric.boundsTail;
}

function dataOf(point: Point, delta: boolean): string {
  const temporality = delta ? AGGREGATION_TEMPORALITY.delta : AGGREGATION_TEMPORALITY.cumulative;
  switch (point.type) {
    case 'sum':
      return `"sum":{"aggregationTemporality":${temporality},"isMonotonic":${point.monotonic},`;
    case 'histogram':
      return `"histogram":{"aggregationTemporality":${temporality},`;
    case 'exponential-histogram':
      return `"exponentialHistogram":{"aggregationTemporality":${temporality},`;
    case 'gauge':
      return '"gauge":{';
  }
}

function encodeBoundsTail(bounds: readonly number[]): Fragment {
  return fragmentBy((out) => {
    out.utf8('],"explicitBounds":[');
    out.reserve(bounds.length * MAX_DECIMAL_BYTES);
    for (const [index, bound] of bounds.entries()) {
      if (index > 0) out.byte(COMMA);
      writeJsonDouble(out, bound);
    }
    out.utf8(']}');
  });
}

function quote(text: string): string {
  return JSON.stringify(text.toWellFormed());
}
