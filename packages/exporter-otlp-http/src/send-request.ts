import type { ExportOutcome } from '@pqcnet/telemetry-core';

import { classifyResponse } from './answer/classify-response.ts';
import { redactSecrets } from './answer/redact-secrets.ts';
import type { Compression } from './compress-body.ts';
import type { EncodedRequest } from './encode/request-encoder.ts';
import { sendWithin } from './send-within.ts';
import { TransportError, type Transport } from './transport/transport.ts';

/** Destination is where requests go, and how. */
export interface Destination {
  readonly url: URL;
  /** The headers of all requests. */
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly compression: Compression;
  readonly transport: Transport;
  readonly nowUnixMs: () => number;
  /** What must not be shown, even when the receiver repeats it. */
  readonly secrets: readonly string[];
}

/** SentRequest is what became of a request. */
export interface SentRequest {
  readonly outcome: ExportOutcome;
  /** Whether someone may still read the memory of the request's body. */
  readonly bodyInUse: boolean;
}

/** sendRequest sends a request once, and says what became of it. */
export async function sendRequest(
  { body: encoded, dataPoints }: EncodedRequest,
  { url, headers, contentType, compression, transport, nowUnixMs, secrets }: Destination,
  signal: AbortSignal,
): Promise<SentRequest> {
  const body = compression === 'none' ? encoded : await compress(encoded, compression);
  const sentBytes = body.byteLength;
  const request = { url, headers: { ...headers, 'content-length': String(sentBytes) }, body, signal };
  try {
    const response = redactSecrets(await sendWithin(transport, request), secrets);
    const isReleased = transport.releasesBody === true && response.status >= 200 && response.status < 300;
    const outcome = classifyResponse(response, { contentType, dataPoints, nowUnixMs: nowUnixMs() });
    return { outcome: { ...outcome, sentBytes }, bodyInUse: body === encoded && !isReleased };
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    const outcome: ExportOutcome =
      error.bodyLeft === 'no'
        ? { status: 'not-delivered', error }
        : { status: 'ambiguous', error, sentBytes, sentDataPoints: dataPoints };
    return { outcome, bodyInUse: body === encoded };
  }
}

/** Loaded when it is first needed, and node:zlib with it. */
async function compress(body: Uint8Array, compression: Compression): Promise<Uint8Array> {
  const { compressBody } = await import('./compress-body.ts');
  return await compressBody(body, compression);
}
