import type { Exporter, ExportOptions, ExportReport, Snapshot, Temporality } from '@pqcnet/telemetry-core';

import type { Compression } from './compress-body.ts';
import type { LabelPlacement } from './encode/request-format.ts';
import { SnapshotEncoding, type SnapshotEncodingOptions } from './encode/snapshot-encoding.ts';
import { exportInParts } from './export-in-parts.ts';
import { secretsIn } from './answer/redact-secrets.ts';
import { exportSynchronously } from './export-synchronously.ts';
import {
  checkShape,
  contentTypeOf,
  DEFAULT_MAX_REQUEST_BYTES,
  parseUrl,
  requestHeaders,
  requireBytes,
  requireOneOf,
  type OtlpHttpExporterOptions,
  type OtlpProtocol,
} from './exporter-options.ts';
import { type Destination, sendRequest } from './send-request.ts';
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
  readonly #encodingOptions: SnapshotEncodingOptions;
  readonly #encoding: SnapshotEncoding;
  readonly #destination: Destination;

  /** @throws OtlpHttpError INVALID_EXPORTER_OPTIONS when an option can't be used. */
  constructor(options: OtlpHttpExporterOptions) {
    checkShape(options);
    const protocol = requireOneOf('protocol', options.protocol ?? 'http/json', PROTOCOLS);
    this.temporality = requireOneOf('temporality', options.temporality ?? 'cumulative', TEMPORALITIES);
    const compression = requireOneOf('compression', options.compression ?? 'none', COMPRESSIONS);
    const url = parseUrl(options.url);
    const headers = requestHeaders(options);
    this.#encodingOptions = {
      protocol,
      temporality: this.temporality,
      labelPlacement: requireOneOf('labelPlacement', options.labelPlacement ?? 'both', PLACEMENTS),
      maxRequestBytes: requireBytes('maxRequestBytes', options.maxRequestBytes ?? DEFAULT_MAX_REQUEST_BYTES),
    };
    this.#encoding = new SnapshotEncoding(this.#encodingOptions);
    this.#destination = {
      url,
      headers,
      contentType: contentTypeOf(protocol),
      compression,
      transport: options.transport ?? undiciTransport(),
      nowUnixMs: options.nowUnixMs ?? Date.now,
      secrets: secretsIn(options.headers),
    };
  }

  async export(snapshot: Snapshot, { ranges, signal }: ExportOptions): Promise<ExportReport> {
    const parts = await exportInParts(snapshot, {
      encoding: this.#encoding,
      ranges: ranges ?? [{ from: 0, to: snapshot.points.length }],
      signal,
      send: (request) => sendRequest(request, this.#destination, signal),
    });
    const [only, second] = parts;
    if (only === undefined) return { status: 'accepted' };
    return second === undefined ? only.outcome : { parts };
  }

  /** exportSync has a child process send, so that it works in a process that is about to die. */
  exportSync(
    snapshot: Snapshot,
    { timeoutMs, ranges }: Pick<ExportOptions, 'timeoutMs' | 'ranges'>,
  ): ExportReport {
    return exportSynchronously(snapshot, {
      ...this.#destination,
      timeoutMs,
      ranges,
      encoding: this.#encodingOptions,
    });
  }

  async shutdown(): Promise<void> {
    await this.#destination.transport.close();
  }
}
