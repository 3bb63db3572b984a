import type {
  ExportedPart,
  ExportOptions,
  ExportOutcome,
  ExportReport,
  Snapshot,
} from '@pqcnet/telemetry-core';

import { classifyResponse } from './answer/classify-response.ts';
import { redactSecrets } from './answer/redact-secrets.ts';
import type { Compression } from './compress-body.ts';
import type { EncodedPart, EncodedRequest, RequestEncoder } from './encode/request-encoder.ts';
import { SnapshotEncoding, type SnapshotEncodingOptions } from './encode/snapshot-encoding.ts';
import { endsExport, notTried } from './export-in-parts.ts';
import { postInChild } from './post-in-child.ts';
import { TransportError, type Transport } from './transport/transport.ts';

/** SynchronousExportOptions is what an exporter sends with, and how long that may take. */
export interface SynchronousExportOptions {
  readonly timeoutMs: number;
  /** The only points to send. Default: all. */
  readonly ranges?: ExportOptions['ranges'];
  readonly encoding: SnapshotEncodingOptions;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly compression: Compression;
  /** The transport that a child process is to make for itself. */
  readonly transport: Transport;
  readonly nowUnixMs: () => number;
  /** What must not be shown, even when the receiver repeats it. */
  readonly secrets: readonly string[];
}

/**
 * exportSynchronously delivers a snapshot before it returns: a child process sends while this one waits. It shares no
 * memory with an export that may be under way.
 */
export function exportSynchronously(snapshot: Snapshot, options: SynchronousExportOptions): ExportReport {
  const endMs = performance.now() + options.timeoutMs;
  const encoder = new SnapshotEncoding(options.encoding).begin(snapshot);
  const parts: ExportedPart[] = [];
  const queue: EncodedRequest[] = [];
  const encodeRange = (from: number, to: number): EncodedRequest[] => {
    const encoded = encodeAll(encoder, from, to);
    for (const part of encoded) {
      if (part.error !== undefined) parts.push(settled(part, { status: 'rejected', error: part.error }));
      else if (part.dataPoints === 0) parts.push(settled(part, { status: 'accepted' }));
    }
    return encoded.filter(isSendable);
  };
  const ranges = options.ranges ?? [{ from: 0, to: snapshot.points.length }];
  for (const { from, to } of ranges) queue.push(...encodeRange(from, to));
  while (queue.length > 0) {
    const bodies = queue.map(({ body }) => body);
    for (const answer of postInChild(bodies, { ...options, timeoutMs: endMs - performance.now() })) {
      const request = queue.shift();
      if (request === undefined) break;
      const { from, to } = request;
      if (!(answer instanceof TransportError) && answer.status === 413 && request.dataPoints > 1) {
        const middle = (from + to) >>> 1;
        queue.unshift(...encodeRange(from, middle), ...encodeRange(middle, to));
        break;
      }
      const outcome = outcomeOf(answer, request, options);
      parts.push(settled(request, outcome));
      if (endsExport(outcome)) {
        return { parts: [...parts, ...queue.splice(0).map((left) => settled(left, notTried(outcome)))] };
      }
    }
  }
  return { parts };
}

function encodeAll(encoder: RequestEncoder, from: number, to: number): readonly EncodedPart[] {
  const encoded: EncodedPart[] = [];
  for (let next = from; next < to;) {
    encoder.begin(next, to);
    encoder.step(() => false);
    const part = encoder.finish();
    // The encoder writes the next part into the same memory.
    encoded.push(part.error === undefined ? { ...part, body: Uint8Array.from(part.body) } : part);
    next = part.to;
  }
  return encoded;
}

function isSendable(part: EncodedPart): part is EncodedRequest {
  return part.error === undefined && part.dataPoints > 0;
}

function outcomeOf(
  answer: ReturnType<typeof postInChild>[number],
  { dataPoints }: EncodedRequest,
  { contentType, nowUnixMs, secrets }: SynchronousExportOptions,
): ExportOutcome {
  if (answer instanceof TransportError) {
    return { status: answer.bodyLeft === 'no' ? 'not-delivered' : 'ambiguous', error: answer };
  }
  return classifyResponse(redactSecrets(answer, secrets), {
    contentType,
    dataPoints,
    nowUnixMs: nowUnixMs(),
  });
}

function settled({ from, to }: EncodedPart, outcome: ExportOutcome): ExportedPart {
  return { from, to, outcome };
}
