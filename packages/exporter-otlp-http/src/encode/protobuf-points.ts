import type {
  ExponentialHistogramPoint,
  ExponentialRange,
  GaugePoint,
  HistogramPoint,
  Point,
  SumPoint,
} from '@pqcnet/telemetry-core';

import { type ByteWriter, type Fragment, fragmentBy } from './byte-writer.ts';
import { type IdentityCache, LABELS_INSIDE } from './identity-cache.ts';
import { requireInt64 } from './int-value.ts';
import { boundsFieldOf, NO_METRIC, NOTHING, type ProtobufMetricHead } from './protobuf-metric-head.ts';
import type { EncodeContext, PointStarts } from './request-format.ts';
import type { WriteAttribute } from './write-identity.ts';
import {
  closeMessage,
  FIXED64,
  LENGTH_DELIMITED,
  MAX_VARINT_BYTES,
  openMessage,
  tagOf,
  VARINT,
  varintBytes,
  writeAttribute,
  writeDouble,
  writeFixed64,
  writeVarint,
  writeZigzag,
} from './write-protobuf.ts';

const DATA_POINT: number = tagOf(1, LENGTH_DELIMITED);
const START_TIME: number = tagOf(2, FIXED64);
const TIME: number = tagOf(3, FIXED64);
const AS_DOUBLE: number = tagOf(4, FIXED64);
const AS_INT: number = tagOf(6, FIXED64);
const COUNT: number = tagOf(4, FIXED64);
const SUM: number = tagOf(5, FIXED64);
const BUCKET_COUNTS: number = tagOf(6, LENGTH_DELIMITED);
const MIN: number = tagOf(11, FIXED64);
const MAX: number = tagOf(12, FIXED64);
const SCALE: number = tagOf(6, VARINT);
const ZERO_COUNT: number = tagOf(7, FIXED64);
const POSITIVE: number = tagOf(8, LENGTH_DELIMITED);
const NEGATIVE: number = tagOf(9, LENGTH_DELIMITED);
const EXPONENTIAL_MIN: number = tagOf(12, FIXED64);
const EXPONENTIAL_MAX: number = tagOf(13, FIXED64);
/** A tag and eight bytes. */
const FIXED64_FIELD = 9;
/** A tag and a length. */
export const PREFIX_ROOM: number = 1 + MAX_VARINT_BYTES;
/** Room for all of an exponential histogram's point but its identity, its labels and its buckets. */
const EXPONENTIAL_ROOM = 128;
/** The longest varint of a bucket's count. */
const MAX_COUNT_BYTES = 8;

/** ProtobufPoints writes the data points of one snapshot: identity bytes as they are, and numbers in between. */
export class ProtobufPoints {
  readonly #context: EncodeContext;
  /** The labels of a point, as the fields that its type has them in. */
  readonly #labels: Readonly<Record<Point['type'], Fragment>>;
  readonly #sumMiddle: Fragment;
  readonly #histogramMiddle: Fragment;
  #metric = NO_METRIC;
  /** Whether the metric's deltas go out. */
  #deltas = false;

  constructor(context: EncodeContext) {
    this.#context = context;
    const labelsBy = (write: WriteAttribute): Fragment =>
      fragmentBy((out) => {
        for (const [key, value] of context.pointLabels) write(out, key, value);
      });
    this.#labels = {
      sum: labelsBy(attributeWriters.sum),
      gauge: labelsBy(attributeWriters.gauge),
      histogram: labelsBy(attributeWriters.histogram),
      'exponential-histogram': labelsBy(attributeWriters['exponential-histogram']),
    };
    this.#sumMiddle = timeAndTag(context.timeUnixNano, AS_INT);
    this.#histogramMiddle = timeAndTag(context.timeUnixNano, COUNT);
  }

  /** open starts the points of a metric. */
  open(metric: ProtobufMetricHead, deltas: boolean): void {
    this.#metric = metric;
    this.#deltas = deltas;
  }

  /** write writes a point with the identity that was located last. @throws OtlpHttpError VALUE_OUT_OF_RANGE */
  write(out: ByteWriter, point: Point, identity: IdentityCache): void {
    const labels = identity.labelUse === LABELS_INSIDE ? NOTHING : this.#labels[point.type];
    switch (point.type) {
      case 'sum':
        this.#writeSum(out, point, { identity, labels });
        return;
      case 'histogram':
        this.#writeHistogram(out, point, { identity, labels });
        return;
      case 'exponential-histogram':
        this.#writeExponentialHistogram(out, point, { identity, labels });
        return;
      case 'gauge':
        this.#writeGauge(out, point, { identity, labels });
    }
  }

  #writeSum(out: ByteWriter, point: SumPoint, about: PointAttributes): void {
    const value = requireInt64(this.#deltas ? point.delta : point.total);
    startPoint(out, 3 * FIXED64_FIELD + lengthOf(about));
    this.#writeStart(out, point);
    out.fragment(this.#sumMiddle);
    writeFixed64(out, value);
    copyAttributes(out, about);
  }

  #writeGauge(out: ByteWriter, point: GaugePoint, about: PointAttributes): void {
    startPoint(out, 2 * FIXED64_FIELD + lengthOf(about));
    out.byte(TIME);
    // When it was set is not said: Prometheus refuses a request with anything older than the one before it.
    writeFixed64(out, this.#context.timeUnixNano);
    writeDoubleField(out, AS_DOUBLE, point.value);
    copyAttributes(out, about);
  }

  #writeHistogram(out: ByteWriter, point: HistogramPoint, about: PointAttributes): void {
    const { count, sum, min, max, bucketCounts } = this.#deltas ? point.delta : point.total;
    const bounds = boundsFieldOf(this.#metric, point.bounds);
    const bucketBytes = bucketCounts.length * 8;
    const buckets = 1 + varintBytes(bucketBytes) + bucketBytes;
    const numbers = (min === undefined || max === undefined ? 4 : 6) * FIXED64_FIELD;
    startPoint(out, numbers + buckets + bounds.length + lengthOf(about));
    this.#writeStart(out, point);
    out.fragment(this.#histogramMiddle);
    writeFixed64(out, count);
    writeDoubleField(out, SUM, sum);
    out.byte(BUCKET_COUNTS);
    writeVarint(out, bucketBytes);
    for (let index = 0; index < bucketCounts.length; index += 1)
      writeFixed64(out, bucketCounts.at(index) ?? 0);
    out.fragment(bounds);
    copyAttributes(out, about);
    if (min === undefined || max === undefined) return;
    writeDoubleField(out, MIN, min);
    writeDoubleField(out, MAX, max);
  }

  #writeExponentialHistogram(
    out: ByteWriter,
    point: ExponentialHistogramPoint,
    about: PointAttributes,
  ): void {
    const { count, sum, min, max, scale, zeroCount, positive, negative } = this.#deltas
      ? point.delta
      : point.total;
    const buckets = positive.bucketCounts.length + negative.bucketCounts.length;
    out.reserve(EXPONENTIAL_ROOM + buckets * MAX_COUNT_BYTES + lengthOf(about));
    const message = openMessage(out, DATA_POINT);
    copyAttributes(out, about);
    this.#writeStart(out, point);
    out.fragment(this.#histogramMiddle);
    writeFixed64(out, count);
    writeDoubleField(out, SUM, sum);
    out.byte(SCALE);
    writeZigzag(out, scale);
    out.byte(ZERO_COUNT);
    writeFixed64(out, zeroCount);
    writeRange(out, POSITIVE, positive);
    writeRange(out, NEGATIVE, negative);
    if (min !== undefined && max !== undefined) {
      writeDoubleField(out, EXPONENTIAL_MIN, min);
      writeDoubleField(out, EXPONENTIAL_MAX, max);
    }
    closeMessage(out, message);
  }

  #writeStart(out: ByteWriter, point: PointStarts): void {
    out.byte(START_TIME);
    writeFixed64(out, this.#deltas ? point.windowStartTimeUnixNano : point.startTimeUnixNano);
  }
}

/** PointAttributes is the encoded attributes of a point: its own, and the labels. */
interface PointAttributes {
  readonly identity: IdentityCache;
  readonly labels: Fragment;
}

function lengthOf({ identity, labels }: PointAttributes): number {
  return identity.length + labels.length;
}

function copyAttributes(out: ByteWriter, { identity, labels }: PointAttributes): void {
  out.copy(identity.view, identity.offset, identity.length);
  out.fragment(labels);
}

/** startPoint writes the tag and length of a point, and reserves the room for it. */
function startPoint(out: ByteWriter, length: number): void {
  out.reserve(PREFIX_ROOM + length);
  out.byte(DATA_POINT);
  writeVarint(out, length);
}

function writeDoubleField(out: ByteWriter, tag: number, value: number): void {
  out.byte(tag);
  writeDouble(out, value);
}

function writeRange(out: ByteWriter, tag: number, { offset, bucketCounts }: ExponentialRange): void {
  if (bucketCounts.length === 0) return;
  const range = openMessage(out, tag);
  out.byte(tagOf(1, VARINT));
  writeZigzag(out, offset);
  const packed = openMessage(out, tagOf(2, LENGTH_DELIMITED));
  for (let index = 0; index < bucketCounts.length; index += 1) writeVarint(out, bucketCounts.at(index) ?? 0);
  closeMessage(out, packed);
  closeMessage(out, range);
}

/** attributeWriters write an attribute into the field that a data point has for it, by the point's type. */
export const attributeWriters: Readonly<Record<Point['type'], WriteAttribute>> = {
  sum: (out, key, value) => writeAttribute(out, 7, { key, value }),
  gauge: (out, key, value) => writeAttribute(out, 7, { key, value }),
  histogram: (out, key, value) => writeAttribute(out, 9, { key, value }),
  'exponential-histogram': (out, key, value) => writeAttribute(out, 1, { key, value }),
};

/** timeAndTag is the time of a point and the tag of the eight bytes that follow. */
function timeAndTag(timeUnixNano: bigint, tag: number): Fragment {
  return fragmentBy((out) => {
    out.reserve(FIXED64_FIELD + 1);
    out.byte(TIME);
    writeFixed64(out, timeUnixNano);
    out.byte(tag);
  });
}
