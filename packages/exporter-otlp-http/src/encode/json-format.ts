import { type PointTable, sendsDelta } from '@pqcnet/telemetry-core';

import { PACKAGE_VERSION, SCOPE_NAME } from '../package-version.ts';
import { type ByteWriter, type Fragment, fragmentOf } from './byte-writer.ts';
import { jsonAttributes } from './json-attributes.ts';
import { jsonMetricOf, type JsonMetrics } from './json-metric.ts';
import { JsonExponentialHistograms, JsonGauges, JsonHistograms, JsonSums } from './json-points.ts';
import type { EncodeContext, PointWriter, RequestFormat } from './request-format.ts';

const COMMA = 0x2c;
const END_REQUEST: Fragment = fragmentOf(']}]}]}');
const END_METRIC: Fragment = fragmentOf(']}}');

/**
 * jsonFormat writes OTLP JSON: lowerCamelCase keys, 64-bit integers as decimal strings, enumerations as integers.
 *
 * Source: OTLP specification, "JSON Protobuf Encoding".
 */
export function jsonFormat(context: EncodeContext, metrics: JsonMetrics): RequestFormat {
  return new JsonFormat(context, metrics);
}

class JsonFormat implements RequestFormat {
  // Without the last point's comma, which is written over.
  readonly endingBytes: number = END_METRIC.length + END_REQUEST.length - 1;
  readonly #context: EncodeContext;
  readonly #metrics: JsonMetrics;
  readonly #head: Fragment;
  readonly #sums = new JsonSums();
  readonly #gauges = new JsonGauges();
  readonly #histograms = new JsonHistograms();
  readonly #exponentialHistograms = new JsonExponentialHistograms();

  constructor(context: EncodeContext, metrics: JsonMetrics) {
    const { resource } = context;
    this.#context = context;
    this.#metrics = metrics;
    this.#head = fragmentOf(
      `{"resourceMetrics":[{"resource":{"attributes":[${jsonAttributes(resource)}]},"scopeMetrics":[` +
        `{"scope":{"name":"${SCOPE_NAME}","version":${JSON.stringify(PACKAGE_VERSION)}},"metrics":[`,
    );
  }

  beginSnapshot(timeUnixNano: bigint): void {
    this.#sums.beginSnapshot(timeUnixNano);
    this.#gauges.beginSnapshot(timeUnixNano);
    this.#histograms.beginSnapshot(timeUnixNano);
    this.#exponentialHistograms.beginSnapshot(timeUnixNano);
  }

  begin(out: ByteWriter): void {
    out.position = 0;
    out.reserve(this.#head.length);
    out.fragment(this.#head);
  }

  openMetric(out: ByteWriter, table: PointTable): PointWriter {
    const { temporality, pointLabels } = this.#context;
    const deltas = sendsDelta(table.metric.kind, temporality);
    const metric = jsonMetricOf(this.#metrics, table, { isDelta: deltas, labels: pointLabels });
    out.reserve(metric.head.length + 1);
    if (out.position > this.#head.length) out.byte(COMMA);
    out.fragment(metric.head);
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
    out.reserve(END_METRIC.length);
    // In place of the last point's comma.
    out.position -= 1;
    out.fragment(END_METRIC);
  }

  end(out: ByteWriter): Uint8Array {
    out.reserve(END_REQUEST.length);
    out.fragment(END_REQUEST);
    return out.written();
  }
}
