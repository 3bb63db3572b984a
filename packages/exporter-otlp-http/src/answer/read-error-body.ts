import { decodeUtf8, readProtobufFields } from './read-protobuf-fields.ts';
import { readableText } from './readable-text.ts';

/** ErrorBody is the body of an answer whose status is no success. */
export interface ErrorBody {
  readonly body: Uint8Array;
  /** The media type without parameters, in lower case; empty when the answer names none. */
  readonly mediaType: string;
}

/**
 * readErrorBody gives a receiver's explanation as one short, escaped line: the message of a google.rpc.Status (JSON or
 * protobuf), plain text, or a web page's title. Empty when there is nothing to read.
 *
 * Source: OTLP specification, "Failures".
 */
export function readErrorBody({ body, mediaType }: ErrorBody): string {
  if (body.byteLength === 0) return '';
  if (mediaType === 'application/x-protobuf' || mediaType === 'application/protobuf') {
    const message = readProtobufMessage(body);
    if (message !== undefined) return readableText(message);
  }
  const text = new TextDecoder().decode(body);
  return readableText(readJsonMessage(text) ?? readPageTitle(text) ?? text);
}

function readProtobufMessage(body: Uint8Array): string | undefined {
  try {
    const message = readProtobufFields(body).findLast((field) => field.number === 2)?.value;
    return message === undefined || typeof message === 'bigint' ? '' : decodeUtf8(message);
  } catch {
    return undefined;
  }
}

function readJsonMessage(text: string): string | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const status: unknown = JSON.parse(text);
    if (typeof status !== 'object' || status === null) return undefined;
    // Some receivers say `error` where google.rpc.Status says `message`.
    const message: unknown =
      'message' in status ? status.message : 'error' in status ? status.error : undefined;
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}

function readPageTitle(text: string): string | undefined {
  if (!/^\s*</.test(text)) return undefined;
  return /<title[^>]{0,200}>([^<]{0,1000})/i.exec(text)?.[1] ?? 'a web page';
}
