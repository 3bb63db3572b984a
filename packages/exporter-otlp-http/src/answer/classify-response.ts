import type { ExportOutcome } from '@pqcnet/telemetry-core';

import { OtlpHttpError } from '../otlp-http-error.ts';
import type { TransportResponse } from '../transport/transport.ts';
import { parseRetryAfter } from './parse-retry-after.ts';
import { readErrorBody } from './read-error-body.ts';
import {
  readJsonExportResponse,
  readProtobufExportResponse,
  type ExportResponse,
} from './read-export-response.ts';
import { readableText } from './readable-text.ts';

/** ClassifyOptions is what an answer is judged against. */
export interface ClassifyOptions {
  /** The request's content type. */
  readonly contentType: string;
  /** How many data points the request held. */
  readonly dataPoints: number;
  /** Now, in milliseconds since the Unix epoch. */
  readonly nowUnixMs: number;
}

const REFUSED = new Set([401, 403, 404, 405, 407]);
const RETRYABLE = new Set([429, 502, 503, 504]);

/**
 * classifyResponse says what an answer means for the points of its request. The status decides, not the body.
 *
 * Source: OTLP specification, "OTLP/HTTP Response".
 */
export function classifyResponse(response: TransportResponse, options: ClassifyOptions): ExportOutcome {
  const outcome = judge(response, options);
  return { ...outcome, httpStatus: response.status, sentDataPoints: options.dataPoints };
}

function judge(response: TransportResponse, options: ClassifyOptions): ExportOutcome {
  const { status } = response;
  if (status >= 200 && status < 300) return classifySuccess(response, options);
  if (REFUSED.has(status)) return { status: 'refused', error: statusError(response) };
  if (RETRYABLE.has(status) && !response.bodyTooLarge) {
    const error = statusError(response);
    const notBeforeUnixMs = parseRetryAfter(response.headers['retry-after'], options.nowUnixMs);
    return { status: 'ambiguous', error, ...(notBeforeUnixMs !== undefined && { notBeforeUnixMs }) };
  }
  return { status: 'rejected', error: response.bodyTooLarge ? tooLargeError(status) : statusError(response) };
}

function classifySuccess(response: TransportResponse, options: ClassifyOptions): ExportOutcome {
  const { status, body } = response;
  if (response.bodyTooLarge) return { status: 'rejected', error: tooLargeError(status) };
  if (body.byteLength === 0) return { status: 'accepted' };
  const read = readExportResponse(response, options.contentType);
  if (read === 'not-otlp') {
    const mediaType = mediaTypeOf(response) || 'no type';
    const said = suffix(readErrorBody({ body, mediaType }));
    const message = `HTTP ${status} with a body that is no OTLP answer (${readableText(mediaType)})${said}`;
    return { status: 'rejected', error: new OtlpHttpError('RESPONSE_NOT_OTLP', message, { status }) };
  }
  if (read === 'undecodable') {
    return { status: 'accepted', warning: `HTTP ${status} with a body that can't be decoded` };
  }
  const message = readableText(read.errorMessage);
  if (read.rejectedDataPoints > 0n) {
    const sent = BigInt(options.dataPoints);
    const rejected = read.rejectedDataPoints > sent ? sent : read.rejectedDataPoints;
    return { status: 'partial', rejectedDataPoints: Number(rejected), message };
  }
  return message === '' ? { status: 'accepted' } : { status: 'accepted', warning: message };
}

/**
 * readExportResponse reads the body of a success. One that can't be read passes when its type is the one asked for or
 * is missing, but a web page never does: it comes from something else than an OTLP receiver.
 */
function readExportResponse(
  response: TransportResponse,
  asked: string,
): ExportResponse | 'undecodable' | 'not-otlp' {
  const mediaType = mediaTypeOf(response);
  const asProtobuf = mediaType === 'application/json' ? false : asked === 'application/x-protobuf';
  if (/html/.test(mediaType)) return 'not-otlp';
  try {
    return asProtobuf && mediaType !== 'text/plain'
      ? readProtobufExportResponse(response.body)
      : readJsonExportResponse(response.body);
  } catch {
    // Only now: a good protobuf answer, too, can begin with the bytes of a line break and a `<`.
    if (startsLikePage(response.body)) return 'not-otlp';
    return mediaType === asked || mediaType === '' ? 'undecodable' : 'not-otlp';
  }
}

function startsLikePage(body: Uint8Array): boolean {
  return /^\s*</.test(
    Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, 64)).toString('latin1'),
  );
}

function statusError(response: TransportResponse): OtlpHttpError {
  const { status } = response;
  if (status >= 300 && status < 400) {
    return new OtlpHttpError('HTTP_STATUS', `HTTP ${status}: redirects are not followed`, { status });
  }
  const said = suffix(readErrorBody({ body: response.body, mediaType: mediaTypeOf(response) }));
  return new OtlpHttpError('HTTP_STATUS', `HTTP ${status}${said}`, { status });
}

function tooLargeError(status: number): OtlpHttpError {
  return new OtlpHttpError('RESPONSE_TOO_LARGE', `HTTP ${status} with an answer of more than 4 MiB`, {
    status,
  });
}

function suffix(said: string): string {
  return said === '' ? '' : `: ${said}`;
}

function mediaTypeOf(response: TransportResponse): string {
  return (response.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
