import type { Snapshot, Temporality } from '@pqcnet/telemetry-core';

import { ByteWriter } from './byte-writer.ts';
import { encodeContextOf } from './encode-context.ts';
import { jsonFormat } from './json-format.ts';
import { RequestEncoder } from './request-encoder.ts';
import type { LabelPlacement } from './request-format.ts';
import { tablesOf } from './tables-of-points.ts';

/** EncodeOtlpJsonOptions is what of the exporter's options changes a request's bytes. */
export interface EncodeOtlpJsonOptions {
  /** Where labels go. Default `both`. */
  readonly labelPlacement?: LabelPlacement;
  /** Which values of a point are sent. Default `cumulative`. */
  readonly temporality?: Temporality;
}

/**
 * encodeOtlpJson gives the bytes of the one OTLP/HTTP JSON request (an ExportMetricsServiceRequest) that the exporter
 * sends for a snapshot, before compression. A snapshot beyond `maxRequestBytes` goes in several such requests; here it
 * is still one. Empty when there is nothing to send: no request is made then.
 *
 * @throws OtlpHttpError VALUE_OUT_OF_RANGE when a whole number is beyond OTLP's signed 64-bit integers.
 */
export function encodeOtlpJson(snapshot: Snapshot, options: EncodeOtlpJsonOptions = {}): Uint8Array {
  const { labelPlacement = 'both', temporality = 'cumulative' } = options;
  const { points } = snapshot;
  const format = jsonFormat(encodeContextOf(snapshot, { labelPlacement, temporality }), new WeakMap());
  format.beginSnapshot(snapshot.timeUnixNano);
  const encoder = new RequestEncoder({
    tables: tablesOf(points),
    temporality,
    format,
    out: new ByteWriter(16_384),
    maxRequestBytes: Number.POSITIVE_INFINITY,
  });
  encoder.begin(0, points.length);
  encoder.step(() => false);
  const part = encoder.finish();
  if (part.error !== undefined) throw part.error;
  if (part.to === points.length) return part.dataPoints === 0 ? new Uint8Array(0) : part.body;
  // The part ended before a point that can't be sent: that point says why.
  encoder.begin(part.to, points.length);
  encoder.step(() => false);
  const refused = encoder.finish();
  throw refused.error ?? new RangeError(`the point ${part.to} was not encoded`);
}
