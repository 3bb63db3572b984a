import { type Point, sendsDelta } from '@pqcnet/telemetry-core';

import { PACKAGE_VERSION, SCOPE_NAME } from '../package-version.ts';
import { type ByteWriter, type Fragment, fragmentOf } from './byte-writer.ts';
import type { IdentityCache, LabelUse } from './identity-cache.ts';
import { jsonAttributes, writeJsonAttribute } from './json-attributes.ts';
import { encodeJsonMetricHead, type JsonMetricHeads } from './json-metric-head.ts';
import { JsonPoints } from './json-points.ts';
import type { EncodeContext, RequestFormat } from './request-format.ts';
import { writeIdentity } from './write-identity.ts';

const COMMA = 0x2c;
const END_REQUEST: Fragment = fragmentOf(']}]}]}');
const END_METRIC: Fragment = fragmentOf(']}}');

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
  readonly #head: Fragment;
  readonly #points: JsonPoints;
  #metrics = 0;

  constructor(context: EncodeContext, heads: JsonMetricHeads) {
    this.#context = context;
    this.#heads = heads;
    this.#head = fragmentOf(
      `{"resourceMetrics":[{"resource":{"attributes":[${jsonAttributes(context.resource)}]},"scopeMetrics":[` +
        `{"scope":{"name":"${SCOPE_NAME}","version":${JSON.stringify(PACKAGE_VERSION)}},"metrics":[`,
    );
    this.#points = new JsonPoints(context);
  }

  begin(out: ByteWriter): void {
    out.position = 0;
    out.reserve(this.#head.length);
    out.fragment(this.#head);
    this.#metrics = 0;
  }

  openMetric(out: ByteWriter, point: Point): void {
    const { metric } = point.series;
    const deltas = sendsDelta(metric.kind, this.#context.temporality);
    let head = this.#heads.get(metric);
    if (head === undefined) {
      head = encodeJsonMetricHead(point, deltas);
      this.#heads.set(metric, head);
    }
    out.reserve(head.head.length + 1);
    if (this.#metrics > 0) out.byte(COMMA);
    out.fragment(head.head);
    this.#metrics += 1;
    this.#points.open(head, deltas);
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

  writePoint(out: ByteWriter, point: Point, identity: IdentityCache): void {
    this.#points.write(out, point, identity);
  }

  readonly encodeIdentity = (out: ByteWriter, { series }: Point): LabelUse => {
    out.utf8('{"attributes":[');
    return writeIdentity(out, series.attributes, this.#context.pointLabels, writeJsonAttribute);
  };
}
