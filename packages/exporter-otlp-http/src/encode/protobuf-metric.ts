import type { AttributeValue, Metric, PointTable } from '@pqcnet/telemetry-core';

import { AGGREGATION_TEMPORALITY } from './aggregation-temporality.ts';
import { type Fragment, fragmentBy } from './byte-writer.ts';
import type { KeptRuns } from './kept-sums.ts';
import { ProtobufIdentities } from './protobuf-identities.ts';
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
/** Field numbers of the attributes in a data point. */
const ATTRIBUTES_FIELD = { gauge: 7, sum: 7, histogram: 9, 'exponential-histogram': 1 } as const;
const EXPLICIT_BOUNDS: number = tagOf(7, LENGTH_DELIMITED);
const NO_BOUNDS: readonly number[] = [];

/** MAX_TAIL_BYTES is the most that stands behind a metric's points: temporality and monotonicity. */
export const MAX_TAIL_BYTES = 4;

/** ProtobufMetrics keeps what was encoded of each metric from one export to the next, and frees it with the metric. */
export type ProtobufMetrics = WeakMap<Metric, ProtobufMetric>;

/** ProtobufMetric is what all points of a metric have in common. */
export interface ProtobufMetric {
  readonly type: PointTable['type'];
  readonly isMonotonic: boolean;
  readonly bounds: readonly number[];
  /** Name, description and unit. */
  readonly head: Fragment;
  readonly dataTag: number;
  /** The fields behind a metric's points: temporality, monotonicity. */
  readonly tail: Fragment;
  /** The bounds of an explicit histogram, as a field of its points. */
  readonly boundsField: Fragment;
  readonly identities: ProtobufIdentities;
  readonly runs: KeptRuns;
  /** How many bytes the lengths of the metric and of its data took the last time. */
  lengthBytes: number;
  dataLengthBytes: number;
}

/** ProtobufMetricOptions is how a metric is encoded. */
export interface ProtobufMetricOptions {
  readonly isDelta: boolean;
  /** The labels that go onto points. */
  readonly labels: ReadonlyMap<string, AttributeValue>;
}

/** protobufMetricOf gives what is encoded of a table's metric: what is known of it, as far as it is still true. */
export function protobufMetricOf(
  metrics: ProtobufMetrics,
  table: PointTable,
  { isDelta, labels }: ProtobufMetricOptions,
): ProtobufMetric {
  const { attributes, metric, type } = table;
  const known = metrics.get(metric);
  if (known?.identities.attributes === attributes) return known;
  const bounds = type === 'histogram' ? table.bounds : NO_BOUNDS;
  const isMonotonic = type === 'sum' && table.monotonic;
  const isSame =
    known !== undefined &&
    known.type === type &&
    known.isMonotonic === isMonotonic &&
    known.bounds === bounds;
  const about = isSame ? known : encodeAbout(table, bounds, { isDelta, isMonotonic });
  const identities = new ProtobufIdentities({ attributes, labels, field: ATTRIBUTES_FIELD[type] });
  const encoded = { ...about, type, isMonotonic, bounds, identities, runs: [] };
  metrics.set(metric, encoded);
  return encoded;
}

function encodeAbout(
  table: PointTable,
  bounds: readonly number[],
  { isDelta, isMonotonic }: { readonly isDelta: boolean; readonly isMonotonic: boolean },
): Omit<ProtobufMetric, 'type' | 'isMonotonic' | 'bounds' | 'identities' | 'runs'> {
  const { name, description, unit } = table.metric;
  const head = fragmentBy((out) => {
    writeStringField(out, 1, name);
    if (description !== '') writeStringField(out, 2, description);
    if (unit !== '') writeStringField(out, 3, unit);
  });
  const tail = fragmentBy((out) => {
    if (table.type === 'gauge') return;
    out.reserve(MAX_TAIL_BYTES);
    out.byte(tagOf(2, VARINT));
    out.byte(isDelta ? AGGREGATION_TEMPORALITY.delta : AGGREGATION_TEMPORALITY.cumulative);
    if (!isMonotonic) return;
    out.byte(tagOf(3, VARINT));
    out.byte(1);
  });
  const dataTag = tagOf(DATA_FIELD[table.type], LENGTH_DELIMITED);
  const boundsField = fragmentBy((out) => {
    if (bounds.length === 0) return;
    const packed = openMessage(out, EXPLICIT_BOUNDS);
    out.reserve(bounds.length * 8);
    for (const bound of bounds) writeDouble(out, bound);
    closeMessage(out, packed);
  });
  return { head, dataTag, tail, boundsField, lengthBytes: 1, dataLengthBytes: 1 };
}
