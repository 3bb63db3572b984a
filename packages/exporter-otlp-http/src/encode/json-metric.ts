import type { AttributeValue, Metric, PointTable } from '@pqcnet/telemetry-core';

import { type Fragment, fragmentBy, fragmentOf } from './byte-writer.ts';
import { AGGREGATION_TEMPORALITY } from './aggregation-temporality.ts';
import { jsonString } from './json-attributes.ts';
import { JsonIdentities } from './json-identities.ts';
import { MAX_DECIMAL_BYTES, writeJsonDouble } from './write-decimal.ts';

const COMMA = 0x2c;
const NO_BOUNDS: readonly number[] = [];

/** JsonMetrics keeps what was encoded of each metric from one export to the next, and frees it with the metric. */
export type JsonMetrics = WeakMap<Metric, JsonMetric>;

/** JsonMetric is what all points of a metric have in common. */
export interface JsonMetric {
  readonly bounds: readonly number[];
  /** What the metric's data begin with: their type, temporality and monotonicity. */
  readonly data: string;
  /** What stands before the points. */
  readonly head: Fragment;
  /** What ends an explicit histogram's point: the bounds, and the bracket of the bucket counts before them. */
  readonly boundsTail: Fragment;
  readonly identities: JsonIdentities;
}

/** JsonMetricOptions is how a metric is encoded. */
export interface JsonMetricOptions {
  readonly isDelta: boolean;
  /** The labels that go onto points. */
  readonly labels: ReadonlyMap<string, AttributeValue>;
}

/** jsonMetricOf gives what is encoded of a table's metric: what is known of it, as far as it is still true. */
export function jsonMetricOf(
  metrics: JsonMetrics,
  table: PointTable,
  options: JsonMetricOptions,
): JsonMetric {
  const { attributes, metric, type } = table;
  const known = metrics.get(metric);
  if (known?.identities.attributes === attributes) return known;
  const bounds = type === 'histogram' ? table.bounds : NO_BOUNDS;
  const data = dataOf(table, options.isDelta);
  const isSame = known !== undefined && known.data === data && known.bounds === bounds;
  const { head, boundsTail } = isSame ? known : encodeHead(metric, bounds, data);
  const end = type === 'gauge' ? '],"timeUnixNano":"' : '],"startTimeUnixNano":"';
  const identities = new JsonIdentities({ attributes, labels: options.labels, end });
  const encoded = { bounds, data, head, boundsTail, identities };
  metrics.set(metric, encoded);
  return encoded;
}

function encodeHead(
  { name, description, unit }: Metric,
  bounds: readonly number[],
  data: string,
): Pick<JsonMetric, 'head' | 'boundsTail'> {
  const about =
    (description === '' ? '' : `"description":${jsonString(description)},`) +
    (unit === '' ? '' : `"unit":${jsonString(unit)},`);
  const head = fragmentOf(`{"name":${jsonString(name)},${about}${data}"dataPoints":[`);
  return { head, boundsTail: encodeBoundsTail(bounds) };
}

function dataOf(table: PointTable, isDelta: boolean): string {
  const temporality = isDelta ? AGGREGATION_TEMPORALITY.delta : AGGREGATION_TEMPORALITY.cumulative;
  switch (table.type) {
    case 'sum':
      return `"sum":{"aggregationTemporality":${temporality},"isMonotonic":${table.monotonic},`;
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
    out.utf8(']},');
  });
}
