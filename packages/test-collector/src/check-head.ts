import type { IncomingHttpHeaders } from 'node:http';
import type { ResolvedOptions } from './collector-options.ts';
import { supportsContentEncoding } from './inflate-body.ts';
import type { Encoding, Rejection, RequestHead } from './received-request.ts';

const encodings: ReadonlyMap<string, Encoding> = new Map([
  ['application/json', 'json'],
  ['application/x-protobuf', 'protobuf'],
]);

/** encodingOf reads the content type; parameters are seen past, so that the answer can be in the right encoding. */
export function encodingOf(headers: IncomingHttpHeaders): Encoding | undefined {
  const [mediaType = ''] = (headers['content-type'] ?? '').split(';');
  return encodings.get(mediaType.trim().toLowerCase());
}

/** contentCoding is the content coding of a request, in lower case; `identity` when there is none. */
export function contentCoding(headers: IncomingHttpHeaders): string {
  return headers['content-encoding']?.trim().toLowerCase() || 'identity';
}

/** checkHead finds what is wrong with a request before its body is read; undefined when nothing is. */
export function checkHead(head: RequestHead, options: ResolvedOptions): Rejection | undefined {
  const { headers, method, path, signal } = head;
  if (!isAuthorized(headers, options.auth)) {
    return { status: 401, reason: 'the request lacks the credentials that the collector asks for' };
  }
  if (signal === undefined) {
    const served = [...options.paths.keys()].join(', ');
    return { status: 404, reason: `no such path: ${path}; served are ${served}` };
  }
  if (method !== 'POST') return { status: 405, reason: `the method is ${method}; OTLP/HTTP asks for POST` };
  const contentType = headers['content-type'];
  if (contentType === undefined || !encodings.has(contentType)) {
    const reason = `the content type is ${contentType ?? 'missing'}; expected exactly application/json or application/x-protobuf`;
    return { status: 415, reason };
  }
  const coding = contentCoding(headers);
  if (!supportsContentEncoding(coding)) {
    return { status: 415, reason: `the content encoding is ${coding}; expected gzip, deflate, zstd or none` };
  }
  const { maxBodyBytes } = options.limits;
  if (Number(headers['content-length'] ?? 0) > maxBodyBytes) return bodyTooLarge(maxBodyBytes);
  return undefined;
}

/** bodyTooLarge is the refusal of a body past the limit, as sent. */
export function bodyTooLarge(maxBodyBytes: number): Rejection {
  return { status: 413, reason: `the body is larger than ${maxBodyBytes} bytes` };
}

function isAuthorized(headers: IncomingHttpHeaders, auth: ResolvedOptions['auth']): boolean {
  if (auth === undefined) return true;
  if (typeof auth === 'function') return auth(headers);
  return Object.entries(auth).every(([name, value]) => headers[name.toLowerCase()] === value);
}
