import type { Metric, Point } from '@pqcnet/telemetry-core';

import { type Fragment, fragmentBy } from './byte-writer.ts';
import { AGGREGATION_TEMPORALITY } from './point-values.ts';
import {
  closeMessage,
  LENGTH_DELIMITED,
  openMessage,
  tagOf,
  VARINT,
  writeDouble,
  writeStringField,
} from './write-protobuf.ts';

/** Field numbers of the data in a Metric. */
const DATA_FIELD = { gauge: 5, sum: 7, histogram: 9, 'exponential-histogram': 10 } as const;
const EXPLICIT_BOUNDS: number = tagOf(7, LENGTH_DELIMITED);

/** MAX_TAIL_BYTES is the most that stands behind a metric's points: temporality and monotonicity. */
export const MAX_TAIL_BYTES = 4;

/** NOTHING is an empty Fragment. */
export const NOTHING: Fragment = fragmentBy(() => {});

/** ProtobufMetricHeads keeps each metric's own encoded fields from one export to the next, and frees them with it. */
export type ProtobufMetricHeads = WeakMap<Metric, ProtobufMetricHead>;

/** ProtobufMetricHead is what all points of a metric have in common. */
export interface ProtobufMetricHead {
  /** Name, description and unit. */
  readonly head: Fragment;
  readonly dataTag: number;
  /** The fields behind a metric's points: temporality, monotonicity. */
  readonly tail: Fragment;
  bounds: readonly number[];
  boundsField: Fragment;
}

/** NO_METRIC stands for a metric while none is open. */
export const NO_METRIC: ProtobufMetricHead = {
  head: NOTHING,
  dataTag: 0,
  tail: NOTHING,
  bounds: [],
  boundsField: NOTHING,
};

/** encodeProtobufMetricHead encodes a metric with the type of its points. */
export function encodeProtobufMetricHead(point: Point, delta: boolean): ProtobufMetricHead {
  const { name, description, unit } = point.series.metric;
  const head = fragmentBy((out) => {
    writeStringField(out, 1, name);
    if (description !== '') writeStringField(out, 2, description);
    if (unit !== '') writeStringField(out, 3, unit);
  });
  const tail = fragmentBy((out) => {
    if (point.type === 'gauge') return;
    out.reserve(MAX_TAIL_BYTES);
    out.byte(tagOf(2, VARINT));
    out.byte(delta ? AGGREGATION_TEMPORALITY.delta : AGGREGATION_TEMPORALITY.cumulative);
    if (point.type !== 'sum' || !point.monotonic) return;
    out.byte(tagOf(3, VARINT));
    out.byte(1);
  });
  const dataTag = tagOf(DATA_FIELD[point.type], LENGTH_DELIMITED);
  return { head, dataTag, tail, bounds: [], boundsField: NOTHING };
}

/** boundsFieldOf is the encoded bounds of an explicit histogram. All points of a metric have the same. */
export function boundsFieldOf(metric: ProtobufMetricHead, bounds: readonly number[]): Fragment {
  if (metric.bounds !== bounds) {
    metric.bounds = bounds;
    metric.boundsField = bounds.length === 0 ? NOTHING : encodeBounds(bounds);
  }
  return metric.boundsField;
}

function encodeBounds(bounds: readonly number[]): Fragment {
  return fragmentBy((out) => {
    const packed = openMessage(out, EXPLICIT_BOUNDS);
    out.reserve(bounds.length * 8);
    for (const bound of bounds) writeDouble(out, bound);
    closeMessage(out, packed);
  });
}
