import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';

import { MAX_RESPONSE_BYTES, TOO_LARGE, type CollectedBody } from './collect-body.ts';

const decompressors = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
};

/**
 * inflateBody undoes an answer's content coding, and stops at MAX_RESPONSE_BYTES. A coding that it does not know, or
 * a body that does not keep to it, stays as it came: it is then no OTLP answer, which is for the reader to say.
 */
export async function inflateBody(
  raw: Uint8Array,
  contentEncoding: string | undefined,
): Promise<CollectedBody> {
  const coding = contentEncoding?.trim().toLowerCase() ?? '';
  if (raw.byteLength === 0 || !isKnownCoding(coding)) return { body: raw, bodyTooLarge: false };
  try {
    const body = await decompressors[coding](raw, { maxOutputLength: MAX_RESPONSE_BYTES });
    return { body, bodyTooLarge: false };
  } catch (error) {
    if (error instanceof RangeError) return TOO_LARGE;
    return { body: raw, bodyTooLarge: false };
  }
}

function isKnownCoding(coding: string): coding is keyof typeof decompressors {
  return Object.hasOwn(decompressors, coding);
}
