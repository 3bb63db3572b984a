import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';

/** MAX_RESPONSE_BYTES caps an answer's body, counted after decompression (OTLP specification, "OTLP/HTTP Response"). */
export const MAX_RESPONSE_BYTES: number = 4 * 1024 * 1024;

const decompressors = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
};

/** CollectedBody is an answer's body as it should be read: decompressed, or known to be too large. */
export interface CollectedBody {
  readonly body: Uint8Array;
  readonly bodyTooLarge: boolean;
}

/** TOO_LARGE stands for a body of more than MAX_RESPONSE_BYTES. */
export const TOO_LARGE: CollectedBody = { body: new Uint8Array(0), bodyTooLarge: true };

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
