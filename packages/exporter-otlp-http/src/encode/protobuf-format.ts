import type {
  AttributeValue,
  GaugePoint,
  HistogramPoint,
  Metric,
  Point,
  SumPoint,
} from '@pqcnet/telemetry-core';

import { PACKAGE_VERSION, SCOPE_NAME } from '../package-version.ts';
import { type ByteWriter, type Fragment, fragmentBy } from './byte-writer.ts';
import { type IdentityCache, LABELS_INSIDE, type LabelUse } from './identity-cache.ts';
import { requireInt64 } from './int-value.ts';
import { AGGREGATION_TEMPORALITY, sendsDeltas } from './point-values.ts';
import { type WriteAttribute, writeIdentity } from './write-identity.ts';
import type { EncodeContext, RequestFormat } from './request-format.ts';
import {
  FIXED64,
  LENGTH_DELIMITED,
  MAX_VARINT_BYTES,
  tagOf,
  VARINT,
  varintBytes,
  writeAttribute,
  writeDouble,
  writeFixed64,
  writeStringField,
  writeVarint,
} from './write-protobuf.ts';

/** Field numbers of opentelemetry/proto/metrics/v1/metrics.proto. */
const DATA_FIELD = { gauge: 5, sum: 7, histogram: 9 } as const;
const NUMBER_ATTRIBUTES = 7;
const HISTOGRAM_ATTRIBUTES = 9;
const DATA_POINT = tagOf(1, LENGTH_DELIMITED);
const METRIC = tagOf(2, LENGTH_DELIMITED);
const START_TIME = tagOf(2, FIXED64);
const TIME = tagOf(3, FIXED64);
const AS_DOUBLE = tagOf(4, FIXED64);
const AS_INT = tagOf(6, FIXED64);
const COUNT = tagOf(4, FIXED64);
const SUM = tagOf(5, FIXED64);
const BUCKET_COUNTS = tagOf(6, LENGTH_DELIMITED);
const EXPLICIT_BOUNDS = 7;
const MIN = tagOf(11, FIXED64);
const MAX = tagOf(12, FIXED64);
/** Temporality and monotonicity. */
const MAX_TAIL_BYTES = 4;
/** A tag and eight bytes. */
const FIXED64_FIELD = 9;
/** A tag and a length. */
const PREFIX_ROOM: number = 1 + MAX_VARINT_BYTES;

/** ProtobufMetricHeads keeps each metric's own encoded fields from one export to the next, and frees them with it. */
export type ProtobufMetricHeads = WeakMap<Metric, ProtobufMetricHead>;

const NOTHING: Fragment = fragmentBy(() => {});
const NO_METRIC: ProtobufMetricHead = {
  head: NOTHING,
  dataTag: 0,
  tail: NOTHING,
  bounds: undefined,
  boundsField: NOTHING,
};

interface ProtobufMetricHead {
  /** Name, description and unit. */
  readonly head: Fragment;
  readonly dataTag: number;
  /** The fields behind a metric's points: temporality, monotonicity. */
  readonly tail: Fragment;
  bounds: readonly number[] | undefined;
  boundsField: Fragment;
}

/**
 * protobufFormat writes binary protobuf. A message's length stands before it and is known after it: room is left for
 * the longest, and what stands behind moves up.
 *
 * Source: OTLP specification, "Binary Protobuf Encoding"; opentelemetry-proto 1.11.
 */
export function protobufFormat(context: EncodeContext, heads: ProtobufMetricHeads): RequestFormat {
  return new ProtobufFormat(context, heads);
}

class ProtobufFormat implements RequestFormat {
  readonly #context: EncodeContext;
  readonly #heads: ProtobufMetricHeads;
  readonly #deltas: boolean;
  readonly #resource: Fragment;
  readonly #scope: Fragment;
  /** Where the first metric begins: before it there is room for all that encloses the metrics. */
  readonly #metricsStart: number;
  readonly #numberLabels: Fragment;
  readonly #histogramLabels: Fragment;
  readonly #sumMiddle: Fragment;
  readonly #histogramMiddle: Fragment;
  #metric: ProtobufMetricHead = NO_METRIC;
  #metricStart = 0;
  #pointsStart = 0;

  constructor(context: EncodeContext, heads: ProtobufMetricHeads) {
    this.#context = context;
    this.#heads = heads;
    this.#deltas = sendsDeltas(context.temporality);
    this.#resource = messageField(1, (out) => {
      for (const [key, value] of context.resource) writeAttribute(out, 1, { key, value });
    });
    this.#scope = messageField(1, (out) => {
      writeStringField(out, 1, SCOPE_NAME);
      writeStringField(out, 2, PACKAGE_VERSION);
    });
    this.#metricsStart = 2 * PREFIX_ROOM + this.#resource.length + this.#scope.length;
    const labelsBy = (write: WriteAttribute): Fragment =>
      fragmentBy((out) => {
        for (const [key, value] of context.pointLabels) write(out, key, value);
      });
    this.#numberLabels = labelsBy(writeNumberAttribute);
    this.#histogramLabels = labelsBy(writeHistogramAttribute);
    this.#sumMiddle = timeAndTag(context.timeUnixNano, AS_INT);
    this.#histogramMiddle = timeAndTag(context.timeUnixNano, COUNT);
  }

  begin(out: ByteWriter): void {
    out.position = 0;
    out.reserve(this.#metricsStart);
    out.position = this.#metricsStart;
  }

  openMetric(out: ByteWriter, point: Point): void {
    const { metric } = point.series;
    let head = this.#heads.get(metric);
    if (head === undefined) {
      head = encodeHead(metric, point.type, this.#deltas);
      this.#heads.set(metric, head);
    }
    this.#metric = head;
    this.#metricStart = out.position;
    const prefix = 2 * PREFIX_ROOM + head.head.length;
    out.reserve(prefix);
    out.position += prefix;
    this.#pointsStart = out.position;
  }

  closeMetric(out: ByteWriter): void {
    const { head, dataTag, tail } = this.#metric;
    out.reserve(tail.length);
    out.fragment(tail);
    const dataLength = out.position - this.#pointsStart;
    const metricLength = head.length + 1 + varintBytes(dataLength) + dataLength;
    const end = out.position;
    out.position = this.#metricStart;
    out.byte(METRIC);
    writeVarint(out, metricLength);
    out.fragmentExactly(head);
    out.byte(dataTag);
    writeVarint(out, dataLength);
    out.bytes.copyWithin(out.position, this.#pointsStart, end);
    out.position += dataLength;
  }

  sizeIfEnded(out: ByteWriter): number {
    return out.position + MAX_TAIL_BYTES;
  }

  end(out: ByteWriter): Uint8Array {
    const end = out.position;
    const scopeMetrics = this.#scope.length + end - this.#metricsStart;
    const resourceMetrics = this.#resource.length + 1 + varintBytes(scopeMetrics) + scopeMetrics;
    const start =
      end -
      scopeMetrics -
      (1 + varintBytes(scopeMetrics)) -
      this.#resource.length -
      (1 + varintBytes(resourceMetrics));
    out.position = start;
    out.byte(tagOf(1, LENGTH_DELIMITED));
    writeVarint(out, resourceMetrics);
    out.fragment(this.#resource);
    out.byte(tagOf(2, LENGTH_DELIMITED));
    writeVarint(out, scopeMetrics);
    out.fragmentExactly(this.#scope);
    out.position = end;
    return out.written(start, end);
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

  readonly encodeIdentity = (out: ByteWriter, { type, series }: Point): LabelUse => {
    const write = type === 'histogram' ? writeHistogramAttribute : writeNumberAttribute;
    return writeIdentity(out, series.attributes, this.#context.pointLabels, write);
  };

  #writeSum(out: ByteWriter, point: SumPoint, identity: IdentityCache): void {
    const value = requireInt64(this.#deltas ? point.delta : point.total);
    const labels = labelsFor(identity, this.#numberLabels);
    this.#startPoint(out, 3 * FIXED64_FIELD + identity.length + labels.length);
    out.byte(START_TIME);
    writeFixed64(out, this.#deltas ? this.#context.deltaStartUnixNano : point.startTimeUnixNano);
    out.fragment(this.#sumMiddle);
    writeFixed64(out, value);
    out.copy(identity.view, identity.offset, identity.length);
    out.fragment(labels);
  }

  #writeGauge(out: ByteWriter, point: GaugePoint, identity: IdentityCache): void {
    const labels = labelsFor(identity, this.#numberLabels);
    this.#startPoint(out, 2 * FIXED64_FIELD + identity.length + labels.length);
    out.byte(TIME);
    // What is sent again unchanged was still so when the snapshot was taken: backends drop what looks old.
    writeFixed64(out, point.changed ? point.timeUnixNano : this.#context.timeUnixNano);
    out.byte(AS_DOUBLE);
    writeDouble(out, point.value);
    out.copy(identity.view, identity.offset, identity.length);
    out.fragment(labels);
  }

  #writeHistogram(out: ByteWriter, point: HistogramPoint, identity: IdentityCache): void {
    const { count, sum, min, max, bucketCounts } = this.#deltas ? point.delta : point.total;
    const labels = labelsFor(identity, this.#histogramLabels);
    const bounds = this.#boundsField(point.bounds);
    const bucketBytes = bucketCounts.length * 8;
    const moments = min !== undefined && max !== undefined ? 6 : 4;
    this.#startPoint(
      out,
      moments * FIXED64_FIELD +
        (1 + varintBytes(bucketBytes) + bucketBytes) +
        bounds.length +
        identity.length +
        labels.length,
    );
    out.byte(START_TIME);
    writeFixed64(out, this.#deltas ? this.#context.deltaStartUnixNano : point.startTimeUnixNano);
    out.fragment(this.#histogramMiddle);
    writeFixed64(out, count);
    out.byte(SUM);
    writeDouble(out, sum);
    out.byte(BUCKET_COUNTS);
    writeVarint(out, bucketBytes);
    for (let index = 0; index < bucketCounts.length; index += 1) writeFixed64(out, bucketCounts[index] ?? 0);
    out.fragment(bounds);
    out.copy(identity.view, identity.offset, identity.length);
    out.fragment(labels);
    if (min !== undefined && max !== undefined) {
      out.byte(MIN);
      writeDouble(out, min);
      out.byte(MAX);
      writeDouble(out, max);
    }
  }

  /** startPoint writes the tag and length of a point, and reserves the room for it. */
  #startPoint(out: ByteWriter, length: number): void {
    out.reserve(PREFIX_ROOM + length);
    out.byte(DATA_POINT);
    writeVarint(out, length);
  }

  #boundsField(bounds: readonly number[]): Fragment {
    const metric = this.#metric;
    if (metric.bounds !== bounds) {
      metric.bounds = bounds;
      metric.boundsField = bounds.length === 0 ? NOTHING : packedDoubles(EXPLICIT_BOUNDS, bounds);
    }
    return metric.boundsField;
  }
}

function writeNumberAttribute(out: ByteWriter, key: string, value: AttributeValue): void {
  writeAttribute(out, NUMBER_ATTRIBUTES, { key, value });
}

function writeHistogramAttribute(out: ByteWriter, key: string, value: AttributeValue): void {
  writeAttribute(out, HISTOGRAM_ATTRIBUTES, { key, value });
}

function labelsFor(identity: IdentityCache, labels: Fragment): Fragment {
  return identity.labelUse === LABELS_INSIDE ? NOTHING : labels;
}

function encodeHead(metric: Metric, type: Point['type'], deltas: boolean): ProtobufMetricHead {
  const head = fragmentBy((out) => {
    writeStringField(out, 1, metric.name);
    if (metric.description !== '') writeStringField(out, 2, metric.description);
    if (metric.unit !== '') writeStringField(out, 3, metric.unit);
  });
  const tail = fragmentBy((out) => {
    out.reserve(MAX_TAIL_BYTES);
    if (type === 'gauge') return;
    out.byte(tagOf(2, VARINT));
    out.byte(deltas ? AGGREGATION_TEMPORALITY.delta : AGGREGATION_TEMPORALITY.cumulative);
    if (type !== 'sum') return;
    out.byte(tagOf(3, VARINT));
    out.byte(1);
  });
  return {
    head,
    dataTag: tagOf(DATA_FIELD[type], LENGTH_DELIMITED),
    tail,
    bounds: undefined,
    boundsField: NOTHING,
  };
}

function messageField(field: number, write: (out: ByteWriter) => void): Fragment {
  const message = fragmentBy(write);
  return fragmentBy((out) => {
    out.reserve(PREFIX_ROOM + message.length);
    out.byte(tagOf(field, LENGTH_DELIMITED));
    writeVarint(out, message.length);
    out.fragment(message);
  });
}

function packedDoubles(field: number, values: readonly number[]): Fragment {
  return messageField(field, (out) => {
    out.reserve(values.length * 8);
    for (const value of values) writeDouble(out, value);
  });
}

/** timeAndTag is the time of a point and the tag of the eight bytes that follow. */
function timeAndTag(timeUnixNano: bigint, tag: number): Fragment {
  return fragmentBy((out) => {
    out.reserve(FIXED64_FIELD + 1);
    out.byte(TIME);
    writeFixed64(out, timeUnixNano);
    out.byte(tag);
  });
}
