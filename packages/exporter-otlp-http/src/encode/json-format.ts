import type { GaugePoint, HistogramPoint, Metric, Point, SumPoint } from '@pqcnet/telemetry-core';

import { PACKAGE_VERSION, SCOPE_NAME } from '../package-version.ts';
import { ByteWriter, type Fragment, fragmentBy, fragmentOf } from './byte-writer.ts';
import {
  type IdentityCache,
  LABELS_ALONE,
  LABELS_FOLLOW,
  LABELS_INSIDE,
  type LabelUse,
} from './identity-cache.ts';
import { requireInt64 } from './int-value.ts';
import { jsonAttributes, writeJsonAttribute } from './json-attributes.ts';
import { AGGREGATION_TEMPORALITY, sendsDeltas } from './point-values.ts';
import type { EncodeContext, RequestFormat } from './request-format.ts';
import { writeIdentity } from './write-identity.ts';
import {
  MAX_DECIMAL_BYTES,
  writeInteger,
  writeJsonDouble,
  writeQuotedIntegers,
  writeUnsigned64,
} from './write-decimal.ts';

const COMMA = 0x2c;
const END_REQUEST: Fragment = fragmentOf(']}]}]}');
const END_METRIC: Fragment = fragmentOf(']}}');
const END_INT: Fragment = fragmentOf('"}');
const SUM: Fragment = fragmentOf('","sum":');
const MIN: Fragment = fragmentOf(',"min":');
const MAX: Fragment = fragmentOf(',"max":');
const BUCKET_COUNTS: Fragment = fragmentOf(',"bucketCounts":[');
const AS_DOUBLE: Fragment = fragmentOf('","asDouble":');
const CLOSE_BRACE = 0x7d;

/** JsonMetricHeads keeps each metric's own encoded text from one export to the next, and frees it with the metric. */
export type JsonMetricHeads = WeakMap<Metric, JsonMetricHead>;

interface JsonMetricHead {
  readonly head: Fragment;
  bounds: readonly number[] | undefined;
  /** What ends a histogram's point: the bucket counts' bracket and the bounds. */
  boundsTail: Fragment;
}

/**
 * jsonFormat writes OTLP JSON: lowerCamelCase keys, 64-bit integers as decimal strings, enumerations as integers.
 *
 * Source: OTLP specification, "JSON Protobuf Encoding".
 */
export function jsonFormat(context: EncodeContext, heads: JsonMetricHeads): RequestFormat {
  return new JsonFormat(context, heads);
}

class JsonFormat implements RequestFormat {
  readonly #context: EncodeContext;
  readonly #heads: JsonMetricHeads;
  readonly #deltas: boolean;
  readonly #head: Fragment;
  /** What follows a point's own attributes, by label use: the labels, and the key of the time that comes next. */
  readonly #startTails: readonly Fragment[];
  readonly #gaugeTails: readonly Fragment[];
  readonly #sumMiddle: Fragment;
  readonly #histogramMiddle: Fragment;
  /** The start that was written last, and its digits: most series began in the same moment as the one before. */
  #start = -1n;
  readonly #startDigits = new ByteWriter(MAX_DECIMAL_BYTES);
  #metric: JsonMetricHead | undefined;
  #metrics = 0;
  #points = 0;

  constructor(context: EncodeContext, heads: JsonMetricHeads) {
    this.#context = context;
    this.#heads = heads;
    this.#deltas = sendsDeltas(context.temporality);
    this.#head = fragmentOf(
      `{"resourceMetrics":[{"resource":{"attributes":[${jsonAttributes(context.resource)}]},"scopeMetrics":[{"scope":` +
        `{"name":"${SCOPE_NAME}","version":${JSON.stringify(PACKAGE_VERSION)}},"metrics":[`,
    );
    const labels = jsonAttributes(context.pointLabels);
    this.#startTails = tails(labels, '],"startTimeUnixNano":"');
    this.#gaugeTails = tails(labels, '],"timeUnixNano":"');
    this.#sumMiddle = fragmentOf(`","timeUnixNano":"${context.timeUnixNano}","asInt":"`);
    this.#histogramMiddle = fragmentOf(`","timeUnixNano":"${context.timeUnixNano}","count":"`);
  }

  begin(out: ByteWriter): void {
    out.position = 0;
    out.reserve(this.#head.length);
    out.fragment(this.#head);
    this.#metrics = 0;
  }

  openMetric(out: ByteWriter, point: Point): void {
    const { metric } = point.series;
    let head = this.#heads.get(metric);
    if (head === undefined) {
      head = { head: this.#encodeHead(metric, point), bounds: undefined, boundsTail: END_REQUEST };
      this.#heads.set(metric, head);
    }
    out.reserve(head.head.length + 1);
    if (this.#metrics > 0) out.byte(COMMA);
    out.fragment(head.head);
    this.#metric = head;
    this.#metrics += 1;
    this.#points = 0;
  }

  writePoint(out: ByteWriter, point: Point, identity: IdentityCache): void {
    switch (point.type) {
      case 'sum':
        this.#writeSum(out, point, identity);
        return;
      case 'histogram':
        this.#writeHistogram(out, point, identity);
        return;
      case 'gauge':
        this.#writeGauge(out, point, identity);
    }
  }

  closeMetric(out: ByteWriter): void {
    out.reserve(END_METRIC.length);
    out.fragment(END_METRIC);
  }

  sizeIfEnded(out: ByteWriter): number {
    return out.position + END_METRIC.length + END_REQUEST.length;
  }

  end(out: ByteWriter): Uint8Array {
    out.reserve(END_REQUEST.length);
    out.fragment(END_REQUEST);
    return out.written();
  }

  readonly encodeIdentity = (out: ByteWriter, { series }: Point): LabelUse => {
    out.utf8('{"attributes":[');
    return writeIdentity(out, series.attributes, this.#context.pointLabels, writeJsonAttribute);
  };

  #writeSum(out: ByteWriter, point: SumPoint, identity: IdentityCache): void {
    const value = requireInt64(this.#deltas ? point.delta : point.total);
    this.#startPoint(out, identity, this.#startTails[identity.labelUse] ?? END_REQUEST);
    this.#writeStart(out, this.#deltas ? this.#context.deltaStartUnixNano : point.startTimeUnixNano);
    out.fragment(this.#sumMiddle);
    writeInteger(out, value);
    out.fragment(END_INT);
  }

  #writeGauge(out: ByteWriter, point: GaugePoint, identity: IdentityCache): void {
    this.#startPoint(out, identity, this.#gaugeTails[identity.labelUse] ?? END_REQUEST);
    // What is sent again unchanged was still so when the snapshot was taken: backends drop what looks old.
    writeUnsigned64(out, point.changed ? point.timeUnixNano : this.#context.timeUnixNano);
    out.fragment(AS_DOUBLE);
    writeJsonDouble(out, point.value);
    out.byte(CLOSE_BRACE);
  }

  #writeHistogram(out: ByteWriter, point: HistogramPoint, identity: IdentityCache): void {
    const { count, sum, min, max, bucketCounts } = this.#deltas ? point.delta : point.total;
    this.#startPoint(out, identity, this.#startTails[identity.labelUse] ?? END_REQUEST);
    this.#writeStart(out, this.#deltas ? this.#context.deltaStartUnixNano : point.startTimeUnixNano);
    out.fragment(this.#histogramMiddle);
    writeInteger(out, count);
    out.fragment(SUM);
    writeJsonDouble(out, sum);
    if (min !== undefined && max !== undefined) {
      out.fragment(MIN);
      writeJsonDouble(out, min);
      out.fragment(MAX);
      writeJsonDouble(out, max);
    }
    out.fragment(BUCKET_COUNTS);
    const tail = this.#boundsTail(point.bounds);
    out.reserve(bucketCounts.length * MAX_DECIMAL_BYTES + tail.length);
    writeQuotedIntegers(out, bucketCounts);
    out.fragment(tail);
  }

  #startPoint(out: ByteWriter, identity: IdentityCache, tail: Fragment): void {
    // Room for the whole point, save a histogram's buckets: five numbers and the keys between them.
    out.reserve(identity.length + tail.length + 6 * MAX_DECIMAL_BYTES + 128);
    if (this.#points > 0) out.byte(COMMA);
    this.#points += 1;
    out.copy(identity.view, identity.offset, identity.length);
    out.fragment(tail);
  }

  #writeStart(out: ByteWriter, start: bigint): void {
    const digits = this.#startDigits;
    if (start !== this.#start) {
      digits.position = 0;
      writeUnsigned64(digits, start);
      this.#start = start;
    }
    out.copy(digits.view, 0, digits.position);
  }

  #boundsTail(bounds: readonly number[]): Fragment {
    const metric = this.#metric;
    if (metric === undefined) return END_REQUEST;
    if (metric.bounds !== bounds) {
      metric.bounds = bounds;
      metric.boundsTail = encodeBoundsTail(bounds);
    }
    return metric.boundsTail;
  }

  #encodeHead(metric: Metric, point: Point): Fragment {
    const { delta, cumulative } = AGGREGATION_TEMPORALITY;
    const temporality = `"aggregationTemporality":${this.#deltas ? delta : cumulative},`;
    const data = {
      sum: `"sum":{${temporality}"isMonotonic":true,`,
      histogram: `"histogram":{${temporality}`,
      gauge: '"gauge":{',
    }[point.type];
    const { name, description, unit } = metric;
    const about =
      (description === '' ? '' : `"description":${quote(description)},`) +
      (unit === '' ? '' : `"unit":${quote(unit)},`);
    return fragmentOf(`{"name":${quote(name)},${about}${data}"dataPoints":[`);
  }
}

function encodeBoundsTail(bounds: readonly number[]): Fragment {
  return fragmentBy((out) => {
    out.utf8('],"explicitBounds":[');
    out.reserve(bounds.length * MAX_DECIMAL_BYTES + 2);
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

function tails(labels: string, end: string): Fragment[] {
  const byUse: Fragment[] = [];
  byUse[LABELS_FOLLOW] = fragmentOf(labels === '' ? end : `,${labels}${end}`);
  byUse[LABELS_ALONE] = fragmentOf(`${labels}${end}`);
  byUse[LABELS_INSIDE] = fragmentOf(end);
  return byUse;
}
