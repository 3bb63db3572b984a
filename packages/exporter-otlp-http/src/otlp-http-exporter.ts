import {
  TelemetryError,
  type ExportedPart,
  type Exporter,
  type ExportOptions,
  type ExportOutcome,
  type ExportReport,
  type FailedOutcome,
  type Snapshot,
  type Temporality,
} from '@pqcnet/telemetry-core';

import { classifyResponse } from './answer/classify-response.ts';
import { compressBody, type Compression } from './compress-body.ts';
import { SnapshotEncoding, type SnapshotEncodingOptions } from './encode/snapshot-encoding.ts';
import type { LabelPlacement } from './encode/request-format.ts';
import type { EncodedRequest } from './encode/request-encoder.ts';
import {
  contentTypeOf,
  DEFAULT_MAX_REQUEST_BYTES,
  parseUrl,
  requestHeaders,
  requireBytes,
  requireOneOf,
  type OtlpHttpExporterOptions,
  type OtlpProtocol,
} from './exporter-options.ts';
import { exportSynchronously } from './export-synchronously.ts';
import { OtlpHttpError } from './otlp-http-error.ts';
import { sendWithin } from './send-within.ts';
import { TransportError, type Transport } from './transport/transport.ts';
import { undiciTransport } from './transport/undici-transport.ts';

const PROTOCOLS: readonly OtlpProtocol[] = ['http/json', 'http/protobuf'];
const COMPRESSIONS: readonly Compression[] = ['none', 'gzip', 'zstd'];
const PLACEMENTS: readonly LabelPlacement[] = ['both', 'resource', 'datapoint'];
const TEMPORALITIES: readonly Temporality[] = ['cumulative', 'delta', 'low-memory'];

/**
 * OtlpHttpExporter sends snapshots to an OTLP/HTTP receiver. It keeps nothing of them but the encoded names and
 * attributes of their series. It tries each request once: trying again is for the one who calls.
 *
 * Source: OpenTelemetry Protocol specification, "OTLP/HTTP".
 */
export class OtlpHttpExporter implements Exporter {
  readonly temporality: Temporality;
  readonly #url: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #contentType: string;
  readonly #compression: Compression;
  readonly #encodingOptions: SnapshotEncodingOptions;
  readonly #encoding: SnapshotEncoding;
  readonly #transport: Transport;
  readonly #nowUnixMs: () => number;

  /** @throws OtlpHttpError INVALID_EXPORTER_OPTIONS when an option can't be used. */
  constructor(options: OtlpHttpExporterOptions) {
    const protocol = requireOneOf('protocol', options.protocol ?? 'http/json', PROTOCOLS);
    this.temporality = requireOneOf('temporality', options.temporality ?? 'cumulative', TEMPORALITIES);
    this.#compression = requireOneOf('compression', options.compression ?? 'none', COMPRESSIONS);
    this.#url = parseUrl(options.url);
    this.#headers = requestHeaders(options);
    this.#contentType = contentTypeOf(protocol);
    this.#encodingOptions = {
      protocol,
      temporality: this.temporality,
      labelPlacement: requireOneOf('labelPlacement', options.labelPlacement ?? 'both', PLACEMENTS),
      maxRequestBytes: requireBytes('maxRequestBytes', options.maxRequestBytes ?? DEFAULT_MAX_REQUEST_BYTES),
    };
    this.#encoding = new SnapshotEncoding(this.#encodingOptions);
    this.#transport = options.transport ?? undiciTransport();
    this.#nowUnixMs = options.nowUnixMs ?? Date.now;
  }

  async export(snapshot: Snapshot, options: ExportOptions): Promise<ExportReport> {
    const parts: ExportedPart[] = [];
    try {
      await this.#exportRanges(snapshot, options.signal, parts);
    } catch (cause) {
      const from = parts.at(-1)?.to ?? 0;
      const error = new TelemetryError('EXPORTER_FAILED', 'the exporter failed unexpectedly', { cause });
      parts.push({ from, to: snapshot.points.length, outcome: { status: 'rejected', error } });
    }
    const [only, second] = parts;
    if (only === undefined) return { status: 'accepted' };
    return second === undefined ? only.outcome : { parts };
  }

  /** exportSync has a child process send, so that it works in a process that is about to die. */
  exportSync(snapshot: Snapshot, { timeoutMs }: { readonly timeoutMs: number }): ExportReport {
    return exportSynchronously(snapshot, {
      timeoutMs,
      encoding: this.#encodingOptions,
      url: this.#url,
      headers: this.#headers,
      contentType: this.#contentType,
      compression: this.#compression,
      transport: this.#transport,
      nowUnixMs: this.#nowUnixMs,
    });
  }

  async shutdown(): Promise<void> {
    await this.#transport.close();
  }

  /** exportRanges settles the points range by range, in order, and stops where the receiver can't be reached. */
  async #exportRanges(snapshot: Snapshot, signal: AbortSignal, parts: ExportedPart[]): Promise<void> {
    const encoder = this.#encoding.begin(snapshot);
    const ranges = [{ from: 0, to: snapshot.points.length }];
    for (let range = ranges.pop(); range !== undefined; range = ranges.pop()) {
      // One after another on purpose: the receiver gets one request at a time.
      const part = await this.#encoding.encodePart(encoder, range, signal);
      const { from, to } = part;
      if (to < range.to) ranges.push({ from: to, to: range.to });
      if (part.error !== undefined) {
        parts.push({ from, to, outcome: { status: 'rejected', error: part.error } });
        continue;
      }
      const outcome = await this.#sendPart(part, signal);
      if (isTooLarge(outcome) && part.dataPoints > 1) {
        const middle = (from + to) >>> 1;
        ranges.push({ from: middle, to }, { from, to: middle });
        continue;
      }
      parts.push({ from, to, outcome });
      if (endsExport(outcome)) {
        const rest = ranges.length === 0 ? to : snapshot.points.length;
        this.#encoding.end(to === rest);
        if (to < rest) parts.push({ from: to, to: rest, outcome: { ...outcome, status: 'not-delivered' } });
        return;
      }
    }
    this.#encoding.end(true);
  }

  async #sendPart(part: EncodedRequest, signal: AbortSignal): Promise<ExportOutcome> {
    if (signal.aborted) return { status: 'not-delivered', error: deadlineError(signal) };
    if (part.dataPoints === 0) return { status: 'accepted' };
    const body = await compressBody(part.body, this.#compression);
    const headers = { ...this.#headers, 'content-length': String(body.byteLength) };
    const { dataPoints } = part;
    try {
      const response = await sendWithin(this.#transport, { url: this.#url, headers, body, signal });
      const released =
        this.#transport.releasesBody === true && response.status >= 200 && response.status < 300;
      if (body === part.body && !released) this.#encoding.dropBuffer();
      return classifyResponse(response, {
        contentType: this.#contentType,
        dataPoints,
        nowUnixMs: this.#nowUnixMs(),
      });
    } catch (error) {
      if (body === part.body) this.#encoding.dropBuffer();
      if (!(error instanceof TransportError)) throw error;
      return { status: error.bodyLeft === 'no' ? 'not-delivered' : 'ambiguous', error };
    }
  }
}

function isTooLarge(outcome: ExportOutcome): boolean {
  return (
    outcome.status === 'rejected' && outcome.error instanceof OtlpHttpError && outcome.error.status === 413
  );
}

/** endsExport says that further requests would fare no better, or must wait. */
function endsExport(outcome: ExportOutcome): outcome is FailedOutcome {
  return outcome.status === 'not-delivered' || outcome.status === 'refused' || outcome.status === 'ambiguous';
}

function deadlineError(signal: AbortSignal): OtlpHttpError {
  const message = 'the time was over before the request was sent';
  return new OtlpHttpError('DEADLINE_EXCEEDED', message, { cause: signal.reason });
}
