import { type PointTable, sendsDelta } from '@pqcnet/telemetry-core';

import { PACKAGE_VERSION, SCOPE_NAME } from '../package-version.ts';
import { type ByteWriter, type Fragment, fragmentBy } from './byte-writer.ts';
import { KeptSums } from './kept-sums.ts';
import {
  MAX_TAIL_BYTES,
  type ProtobufMetric,
  type ProtobufMetrics,
  protobufMetricOf,
} from './protobuf-metric.ts';
import {
  ProtobufExponentialHistograms,
  ProtobufGauges,
  ProtobufHistograms,
  ProtobufSums,
} from './protobuf-points.ts';
import type { EncodeContext, PointWriter, RequestFormat } from './request-format.ts';
import {
  closeMessage,
  LENGTH_DELIMITED,
  MAX_VARINT_BYTES,
  openMessage,
  tagOf,
  varintBytes,
  writeAttribute,
  writeStringField,
  writeVarint,
} from './write-protobuf.ts';

const METRIC: number = tagOf(2, LENGTH_DELIMITED);
/** A tag and a length. */
const PREFIX_ROOM: number = 1 + MAX_VARINT_BYTES;

/**
 * protobufFormat writes binary protobuf. A message's length stands before it and is known after it: a metric leaves room
 * for as many bytes as its lengths took the last time, and moves when they take more or fewer.
 *
 * Source: OTLP specification, "Binary Protobuf Encoding"; opentelemetry-proto 1.11.
 */
export function protobufFormat(context: EncodeContext, metrics: ProtobufMetrics): RequestFormat {
  return new ProtobufFormat(context, metrics);
}

class ProtobufFormat implements RequestFormat {
  endingBytes = 0;
  readonly #context: EncodeContext;
  readonly #metrics: ProtobufMetrics;
  readonly #resource: Fragment;
  readonly #scope: Fragment;
  /** Where the first metric begins: before it there is room for all that encloses the metrics. */
  readonly #metricsStart: number;
  readonly #sums = new KeptSums(new ProtobufSums());
  readonly #gauges = new ProtobufGauges();
  readonly #histograms = new ProtobufHistograms();
  readonly #exponentialHistograms = new ProtobufExponentialHistograms();
  #metric: ProtobufMetric | undefined;
  #metricStart = 0;
  #pointsStart = 0;

  constructor(context: EncodeContext, metrics: ProtobufMetrics) {
    const { resource } = context;
    this.#context = context;
    this.#metrics = metrics;
    this.#resource = messageField(1, (out) => {
      for (const [key, value] of resource) writeAttribute(out, 1, { key, value });
    });
    this.#scope = messageField(1, (out) => {
      writeStringField(out, 1, SCOPE_NAME);
      writeStringField(out, 2, PACKAGE_VERSION);
    });
    this.#metricsStart = 2 * PREFIX_ROOM + this.#resource.length + this.#scope.length;
  }

  beginSnapshot(timeUnixNano: bigint): void {
    this.#sums.beginSnapshot(timeUnixNano);
    this.#gauges.beginSnapshot(timeUnixNano);
    this.#histograms.beginSnapshot(timeUnixNano);
    this.#exponentialHistograms.beginSnapshot(timeUnixNano);
  }

  begin(out: ByteWriter): void {
    out.position = 0;
    out.reserve(this.#metricsStart);
    out.position = this.#metricsStart;
  }

  openMetric(out: ByteWriter, table: PointTable): PointWriter {
    const { temporality, pointLabels } = this.#context;
    const deltas = sendsDelta(table.metric.kind, temporality);
    const metric = protobufMetricOf(this.#metrics, table, { isDelta: deltas, labels: pointLabels });
    this.#metric = metric;
    this.#metricStart = out.position;
    // With the room that is left this makes the same sum whatever the lengths took the last time.
    this.endingBytes = MAX_TAIL_BYTES + 2 * MAX_VARINT_BYTES - metric.lengthBytes - metric.dataLengthBytes;
    const prefix = 1 + metric.lengthBytes + metric.head.length + 1 + metric.dataLengthBytes;
    out.reserve(prefix);
    out.position += prefix;
    this.#pointsStart = out.position;
    switch (table.type) {
      case 'sum':
        return this.#sums.open({ table, metric, deltas });
      case 'gauge':
        return this.#gauges.open({ table, metric, deltas });
      case 'histogram':
        return this.#histograms.open({ table, metric, deltas });
      case 'exponential-histogram':
        return this.#exponentialHistograms.open({ table, metric, deltas });
    }
  }

  closeMetric(out: ByteWriter): void {
    const metric = this.#metric;
    if (metric === undefined) throw new TypeError('no metric is open');
    const { head, dataTag, tail } = metric;
    out.reserve(tail.length + 2 * MAX_VARINT_BYTES);
    out.fragment(tail);
    const end = out.position;
    const dataLength = end - this.#pointsStart;
    metric.dataLengthBytes = varintBytes(dataLength);
    const metricLength = head.length + 1 + metric.dataLengthBytes + dataLength;
    metric.lengthBytes = varintBytes(metricLength);
    const pointsStart = this.#metricStart + 1 + metric.lengthBytes + head.length + 1 + metric.dataLengthBytes;
    if (pointsStart !== this.#pointsStart) out.bytes.copyWithin(pointsStart, this.#pointsStart, end);
    out.position = this.#metricStart;
    out.byte(METRIC);
    writeVarint(out, metricLength);
    out.fragmentExactly(head);
    out.byte(dataTag);
    writeVarint(out, dataLength);
    out.position += dataLength;
  }

  end(out: ByteWriter): Uint8Array {
    const end = out.position;
    const scopeMetrics = this.#scope.length + end - this.#metricsStart;
    const resourceMetrics = this.#resource.length + 1 + varintBytes(scopeMetrics) + scopeMetrics;
    const start = end - resourceMetrics - varintBytes(resourceMetrics) - 1;
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
}

function messageField(field: number, write: (out: ByteWriter) => void): Fragment {
  return fragmentBy((out) => {
    const message = openMessage(out, tagOf(field, LENGTH_DELIMITED));
    write(out);
    closeMessage(out, message);
  });
}
