import { type Point, sendsDelta } from '@pqcnet/telemetry-core';

import { PACKAGE_VERSION, SCOPE_NAME } from '../package-version.ts';
import { type ByteWriter, type Fragment, fragmentBy } from './byte-writer.ts';
import type { IdentityCache, LabelUse } from './identity-cache.ts';
import {
  encodeProtobufMetricHead,
  MAX_TAIL_BYTES,
  NO_METRIC,
  type ProtobufMetricHeads,
} from './protobuf-metric-head.ts';
import { attributeWriters, PREFIX_ROOM, ProtobufPoints } from './protobuf-points.ts';
import type { EncodeContext, RequestFormat } from './request-format.ts';
import { writeIdentity } from './write-identity.ts';
import {
  closeMessage,
  LENGTH_DELIMITED,
  openMessage,
  tagOf,
  varintBytes,
  writeAttribute,
  writeStringField,
  writeVarint,
} from './write-protobuf.ts';

const METRIC: number = tagOf(2, LENGTH_DELIMITED);

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
  readonly #resource: Fragment;
  readonly #scope: Fragment;
  /** Where the first metric begins: before it there is room for all that encloses the metrics. */
  readonly #metricsStart: number;
  readonly #points: ProtobufPoints;
  #metric = NO_METRIC;
  #metricStart = 0;
  #pointsStart = 0;

  constructor(context: EncodeContext, heads: ProtobufMetricHeads) {
    this.#context = context;
    this.#heads = heads;
    this.#resource = messageField(1, (out) => {
      for (const [key, value] of context.resource) writeAttribute(out, 1, { key, value });
    });
    this.#scope = messageField(1, (out) => {
      writeStringField(out, 1, SCOPE_NAME);
      writeStringField(out, 2, PACKAGE_VERSION);
    });
    this.#metricsStart = 2 * PREFIX_ROOM + this.#resource.length + this.#scope.length;
    this.#points = new ProtobufPoints(context);
  }

  begin(out: ByteWriter): void {
    out.position = 0;
    out.reserve(this.#metricsStart);
    out.position = this.#metricsStart;
  }

  openMetric(out: ByteWriter, point: Point): void {
    const { metric } = point.series;
    const deltas = sendsDelta(metric.kind, this.#context.temporality);
    let head = this.#heads.get(metric);
    if (head === undefined) {
      head = encodeProtobufMetricHead(point, deltas);
      this.#heads.set(metric, head);
    }
    this.#metric = head;
    this.#points.open(head, deltas);
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
    const end = out.position;
    const dataLength = end - this.#pointsStart;
    const metricLength = head.length + 1 + varintBytes(dataLength) + dataLength;
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

  writePoint(out: ByteWriter, point: Point, identity: IdentityCache): void {
    this.#points.write(out, point, identity);
  }

  readonly encodeIdentity = (out: ByteWriter, { type, series }: Point): LabelUse =>
    writeIdentity(out, series.attributes, this.#context.pointLabels, attributeWriters[type]);
}

function messageField(field: number, write: (out: ByteWriter) => void): Fragment {
  return fragmentBy((out) => {
    const message = openMessage(out, tagOf(field, LENGTH_DELIMITED));
    write(out);
    closeMessage(out, message);
  });
}
