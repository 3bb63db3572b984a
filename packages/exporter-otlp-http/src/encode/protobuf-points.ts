import type {
  ExponentialHistogramTable,
  ExponentialRange,
  GaugeTable,
  HistogramTable,
  SumTable,
} from '@pqcnet/telemetry-core';

import { type ByteWriter, type Fragment, fragmentBy } from './byte-writer.ts';
import { requireInt64 } from './int-value.ts';
import type { ProtobufMetric } from './protobuf-metric.ts';
import { ROWS_PER_LOOK, type RowRun } from './request-format.ts';
import { TableWriter } from './table-writer.ts';
import {
  closeMessage,
  FIXED64,
  LENGTH_DELIMITED,
  MAX_VARINT_BYTES,
  openMessage,
  tagOf,
  VARINT,
  varintBytes,
  writeDouble,
  writeFixed64,
  writeFixed64Counts,
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
/** Room for all of a point but its attributes and its buckets. */
const POINT_ROOM = 128;
/** How many bytes the value of a sum takes, and where its start and its time stand: each has its tag before it. */
const VALUE_BYTES = 8;
const TIME_BEFORE_VALUE = -9;
const START_BEFORE_VALUE = -18;
/** The longest varint of a bucket's count. */
const MAX_COUNT_BYTES = 10;

/** ProtobufTimes is a point's start and time and the tag of the eight bytes that come next. */
class ProtobufTimes {
  readonly #fields: Fragment;
  #start = 0n;

  constructor(nextTag: number) {
    this.#fields = fragmentBy((out) => {
      out.reserve(24);
      out.byte(START_TIME);
      writeFixed64(out, 0n);
      out.byte(TIME);
      writeFixed64(out, 0n);
      out.byte(nextTag);
    });
  }

  beginSnapshot(timeUnixNano: bigint): void {
    this.#fields.view.setBigUint64(10, BigInt.asUintN(64, timeUnixNano), true);
  }

  /** write writes them into room that is reserved. Most series began in the same moment as the one before. */
  write(out: ByteWriter, start: bigint): void {
    if (start !== this.#start) {
      this.#fields.view.setBigUint64(1, BigInt.asUintN(64, start), true);
      this.#start = start;
    }
    out.fragment(this.#fields);
  }
}

/**
 * PointMessage writes the tag and length of points around what is in them. The length stands before the point and is
 * known after it: room is left for one that takes as many bytes as the last one's, nearly always the same.
 */
class PointMessage {
  #lengthBytes = 1;

  /** open gives the position at which what is in the point begins. */
  open(out: ByteWriter): number {
    out.reserve(1 + MAX_VARINT_BYTES + POINT_ROOM);
    out.byte(DATA_POINT);
    out.position += this.#lengthBytes;
    return out.position;
  }

  close(out: ByteWriter, start: number): void {
    const length = out.position - start;
    if (length < 0x80 && this.#lengthBytes === 1) out.bytes[start - 1] = length;
    else if (length >= 0x80 && length < 0x4000 && this.#lengthBytes === 2) {
      out.bytes[start - 2] = length | 0x80;
      out.bytes[start - 1] = length >>> 7;
    } else this.#closeLonger(out, start);
  }

  #closeLonger(out: ByteWriter, start: number): void {
    const end = out.position;
    const length = end - start;
    const lengthStart = start - this.#lengthBytes;
    const moved = varintBytes(length) - this.#lengthBytes;
    if (moved !== 0) {
      out.reserve(MAX_VARINT_BYTES);
      out.bytes.copyWithin(start + moved, start, end);
      this.#lengthBytes += moved;
    }
    out.position = lengthStart;
    writeVarint(out, length);
    out.position = end + moved;
  }
}

/** ProtobufSums writes the points of sums. */
export class ProtobufSums extends TableWriter<SumTable, ProtobufMetric> {
  /** For each of the rows that were written last, the position at which its value ended. */
  readonly valueEnds: Int32Array = new Int32Array(ROWS_PER_LOOK);
  readonly #times = new ProtobufTimes(AS_INT);
  readonly #message = new PointMessage();
  /** The eight bytes of the snapshot's time. */
  readonly #time = new DataView(new ArrayBuffer(8));

  beginSnapshot(timeUnixNano: bigint): void {
    this.#times.beginSnapshot(timeUnixNano);
    this.#time.setBigUint64(0, BigInt.asUintN(64, timeUnixNano), true);
  }

  write(out: ByteWriter, { from, to, until }: RowRun): number {
    const { table, metric, deltas } = this.opened;
    let row = from;
    do {
      const value = requireInt64(deltas ? table.delta(row) : table.total(row));
      const start = this.#message.open(out);
      this.#times.write(out, deltas ? table.windowStartTimeUnixNano(row) : table.startTimeUnixNano(row));
      writeFixed64(out, value);
      const valueEnd = out.position;
      metric.identities.write(out, row, 0);
      const behindValue = out.position - valueEnd;
      this.#message.close(out, start);
      // All of the point may have moved.
      this.valueEnds[row - from] = out.position - behindValue;
      row += 1;
    } while (row < to && out.position < until);
    return row;
  }

  /**
   * rewrite writes start, time and value of the rows from `from` over those of points that were copied to `start`, and
   * leaves the position anywhere.
   *
   * @param valueEnds for each row, where its value ends in what was copied
   * @throws OtlpHttpError VALUE_OUT_OF_RANGE when OTLP can't carry a value.
   */
  // More parameters than usual: called for every run, and an object would be made each time.
  rewrite(out: ByteWriter, start: number, from: number, valueEnds: Int32Array): void {
    const { table } = this.opened;
    const { view } = out;
    const time = this.#time;
    for (let index = 0; index < valueEnds.length; index += 1) {
      const row = from + index;
      const valueStart = start + (valueEnds[index] as number) - VALUE_BYTES;
      view.setBigUint64(
        valueStart + START_BEFORE_VALUE,
        BigInt.asUintN(64, table.startTimeUnixNano(row)),
        true,
      );
      view.setBigInt64(valueStart + TIME_BEFORE_VALUE, time.getBigInt64(0), false);
      out.position = valueStart;
      writeFixed64(out, requireInt64(table.total(row)));
    }
  }
}

/** ProtobufGauges writes the points of gauges. */
export class ProtobufGauges extends TableWriter<GaugeTable, ProtobufMetric> {
  /** The time of the snapshot and the tag of the value. */
  readonly #time: Fragment = fragmentBy((out) => {
    out.reserve(16);
    out.byte(TIME);
    writeFixed64(out, 0n);
    out.byte(AS_DOUBLE);
  });
  readonly #message = new PointMessage();

  beginSnapshot(timeUnixNano: bigint): void {
    // When a gauge was set is not said: Prometheus refuses a request with anything older than the one before it.
    this.#time.view.setBigUint64(1, BigInt.asUintN(64, timeUnixNano), true);
  }

  write(out: ByteWriter, { from, to, until }: RowRun): number {
    const { table, metric } = this.opened;
    let row = from;
    do {
      const start = this.#message.open(out);
      out.fragment(this.#time);
      writeDouble(out, table.value(row));
      metric.identities.write(out, row, 0);
      this.#message.close(out, start);
      row += 1;
    } while (row < to && out.position < until);
    return row;
  }
}

/** ProtobufHistograms writes the points of histograms with explicit bounds. */
export class ProtobufHistograms extends TableWriter<HistogramTable, ProtobufMetric> {
  readonly #times = new ProtobufTimes(COUNT);
  readonly #message = new PointMessage();

  beginSnapshot(timeUnixNano: bigint): void {
    this.#times.beginSnapshot(timeUnixNano);
  }

  write(out: ByteWriter, { from, to, until }: RowRun): number {
    const { table, metric, deltas } = this.opened;
    const { boundsField, identities } = metric;
    let row = from;
    do {
      const start = this.#message.open(out);
      this.#times.write(out, deltas ? table.windowStartTimeUnixNano(row) : table.startTimeUnixNano(row));
      const { count, sum, min, max, bucketCounts } = deltas ? table.delta(row) : table.total(row);
      writeFixed64(out, count);
      writeDoubleField(out, SUM, sum);
      const bucketBytes = bucketCounts.length * 8;
      out.reserve(POINT_ROOM + bucketBytes + boundsField.length);
      out.byte(BUCKET_COUNTS);
      writeVarint(out, bucketBytes);
      writeFixed64Counts(out, bucketCounts);
      out.fragment(boundsField);
      if (min !== undefined && max !== undefined) {
        writeDoubleField(out, MIN, min);
        writeDoubleField(out, MAX, max);
      }
      identities.write(out, row, 0);
      this.#message.close(out, start);
      row += 1;
    } while (row < to && out.position < until);
    return row;
  }
}

/** ProtobufExponentialHistograms writes the points of exponential histograms. */
export class ProtobufExponentialHistograms extends TableWriter<ExponentialHistogramTable, ProtobufMetric> {
  readonly #times = new ProtobufTimes(COUNT);
  readonly #message = new PointMessage();

  beginSnapshot(timeUnixNano: bigint): void {
    this.#times.beginSnapshot(timeUnixNano);
  }

  write(out: ByteWriter, { from, to, until }: RowRun): number {
    const { table, metric, deltas } = this.opened;
    let row = from;
    do {
      const { count, sum, min, max, scale, zeroCount, positive, negative } = deltas
        ? table.delta(row)
        : table.total(row);
      const start = this.#message.open(out);
      metric.identities.write(out, row, POINT_ROOM);
      this.#times.write(out, deltas ? table.windowStartTimeUnixNano(row) : table.startTimeUnixNano(row));
      writeFixed64(out, count);
      writeDoubleField(out, SUM, sum);
      out.byte(SCALE);
      writeZigzag(out, scale);
      out.byte(ZERO_COUNT);
      writeFixed64(out, zeroCount);
      writeRange(out, POSITIVE, positive);
      writeRange(out, NEGATIVE, negative);
      if (min !== undefined && max !== undefined) {
        out.reserve(POINT_ROOM);
        writeDoubleField(out, EXPONENTIAL_MIN, min);
        writeDoubleField(out, EXPONENTIAL_MAX, max);
      }
      this.#message.close(out, start);
      row += 1;
    } while (row < to && out.position < until);
    return row;
  }
}

function writeDoubleField(out: ByteWriter, tag: number, value: number): void {
  out.byte(tag);
  writeDouble(out, value);
}

function writeRange(out: ByteWriter, tag: number, { offset, bucketCounts }: ExponentialRange): void {
  if (bucketCounts.length === 0) return;
  out.reserve(POINT_ROOM + bucketCounts.length * MAX_COUNT_BYTES);
  const range = openMessage(out, tag);
  out.byte(tagOf(1, VARINT));
  writeZigzag(out, offset);
  const packed = openMessage(out, tagOf(2, LENGTH_DELIMITED));
  for (let index = 0; index < bucketCounts.length; index += 1) writeVarint(out, bucketCounts.at(index) ?? 0);
  closeMessage(out, packed);
  closeMessage(out, range);
}
