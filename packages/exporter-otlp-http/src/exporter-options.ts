import type { Temporality } from '@pqcnet/telemetry-core';

import type { Compression } from './compress-body.ts';
import type { LabelPlacement } from './encode/request-format.ts';
import { OtlpHttpError } from './otlp-http-error.ts';
import { USER_AGENT } from './package-version.ts';
import type { Transport } from './transport/transport.ts';

/** OtlpProtocol is the encoding of requests. */
export type OtlpProtocol = 'http/json' | 'http/protobuf';

/** OtlpHttpExporterOptions configures an OtlpHttpExporter. */
export interface OtlpHttpExporterOptions {
  /** Where requests go, verbatim: the full URL, such as `http://localhost:4318/v1/metrics`. No credentials in it. */
  readonly url: string | URL;
  /** Headers that go with every request, such as credentials. Their values never appear in a message. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default `http/json`. */
  readonly protocol?: OtlpProtocol;
  /** Default `none`. */
  readonly compression?: Compression;
  /** Where labels go. Default `both`. */
  readonly labelPlacement?: LabelPlacement;
  /** Which values of sums and histograms are sent. Default `cumulative`. */
  readonly temporality?: Temporality;
  /**
   * The largest request in bytes, before compression; a larger snapshot goes in several. Default 4194304 (4 MiB), and never
   * more than 1 GiB.
   */
  readonly maxRequestBytes?: number;
  /** Who is sending: a product/version that is put before this package's own. */
  readonly userAgent?: string;
  /** What brings requests to their receiver. Default `undiciTransport()`. The exporter's shutdown closes it. */
  readonly transport?: Transport;
  /** The present, in milliseconds since the Unix epoch. Default `Date.now`. */
  readonly nowUnixMs?: () => number;
}

/** DEFAULT_MAX_REQUEST_BYTES is 4 MiB: what the OTLP receivers in use accept. */
export const DEFAULT_MAX_REQUEST_BYTES: number = 4 * 1024 * 1024;

const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// RFC 9110, section 5.5: visible characters, blanks and tabs; anything else could begin another header.
const HEADER_VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;
const OWN_HEADERS = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/**
 * checkShape checks what callers without types can get wrong before anything is read.
 *
 * @throws OtlpHttpError INVALID_EXPORTER_OPTIONS
 */
export function checkShape(options: OtlpHttpExporterOptions): void {
  if (!isObject(options)) throw invalid('the options are no object, expected one with a url');
  const { headers = {}, transport } = options;
  // A Map or Headers has no names of its own, and would give none.
  if (!isObject(headers) || Symbol.iterator in headers)
    throw invalid('headers is no object of names and values');
  if (transport !== undefined && (!isObject(transport) || typeof transport.send !== 'function')) {
    throw invalid('transport has no method send, expected one such as undiciTransport() makes');
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/**
 * parseUrl checks where requests go.
 *
 * @throws OtlpHttpError INVALID_EXPORTER_OPTIONS
 */
export function parseUrl(text: string | URL): URL {
  const url = URL.parse(text);
  // The text itself is not shown: it may hold a credential.
  if (url === null) throw invalid('url is no URL, expected one such as http://localhost:4318/v1/metrics');
  if (url.username !== '' || url.password !== '') {
    throw invalid(`url has credentials in it (${url.host}): put them into a header`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw invalid(`url begins with ${url.protocol}, expected http: or https:`);
  }
  return url;
}

/** requestHeaders puts the headers of all requests together; names in lower case. */
export function requestHeaders(options: OtlpHttpExporterOptions): Record<string, string> {
  const { protocol = 'http/json', compression = 'none', userAgent } = options;
  const product = userAgent === undefined ? USER_AGENT : `${userAgent} ${USER_AGENT}`;
  if (!HEADER_VALUE.test(product)) throw invalid('userAgent has characters that a header must not have');
  const headers: Record<string, string> = Object.create(null);
  headers['user-agent'] = product;
  for (const [givenName, value] of Object.entries(options.headers ?? {})) {
    const name = givenName.toLowerCase();
    if (!HEADER_NAME.test(name))
      throw invalid(`headers has the name ${JSON.stringify(givenName)}, which is no HTTP name`);
    if (OWN_HEADERS.has(name)) throw invalid(`headers sets ${name}, which is the exporter's to set`);
    if (typeof value !== 'string' || !HEADER_VALUE.test(value)) {
      throw invalid(`the header ${name} has a value with characters that a header must not have`);
    }
    headers[name] = value;
  }
  headers['content-type'] = contentTypeOf(protocol);
  if (compression !== 'none') headers['content-encoding'] = compression;
  return headers;
}

/** contentTypeOf names an encoding exactly as receivers compare it: no parameters. */
export function contentTypeOf(protocol: OtlpProtocol): string {
  return protocol === 'http/json' ? 'application/json' : 'application/x-protobuf';
}

/** requireOneOf checks an option that callers without types can get wrong. */
export function requireOneOf<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw invalid(`${name} is ${JSON.stringify(value)}, expected one of ${allowed.join(', ')}`);
}

/** requireBytes checks a size. */
export function requireBytes(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw invalid(`${name} is ${value}, expected a whole number above 0`);
}

function invalid(message: string): OtlpHttpError {
  return new OtlpHttpError('INVALID_EXPORTER_OPTIONS', message);
}
