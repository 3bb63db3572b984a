import { promisify } from 'node:util';
import { gunzip, inflate, zstdDecompress } from 'node:zlib';
import { codeOf, messageOf } from './collector-error.ts';
import type { Rejection } from './received-request.ts';

type Decompress = (raw: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array>;

const codings: ReadonlyMap<string, Decompress> = new Map<string, Decompress>([
  ['gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['zstd', promisify(zstdDecompress)],
]);

/** supportsContentEncoding says whether a body in this content coding can be read. */
export function supportsContentEncoding(coding: string): boolean {
  return coding === 'identity' || codings.has(coding);
}

/**
 * inflateBody undoes the content coding, off the main thread, and stops past `maxBytes`: a small body can be a bomb.
 * A body that can't be inflated, or would be too large, is a {@link Rejection}.
 */
export async function inflateBody(
  raw: Uint8Array,
  { coding, maxBytes }: { coding: string; maxBytes: number },
): Promise<{ readonly bytes: Uint8Array } | { readonly rejection: Rejection }> {
  const decompress = codings.get(coding);
  if (decompress === undefined) {
    return raw.length > maxBytes ? { rejection: tooLarge(maxBytes) } : { bytes: raw };
  }
  try {
    return { bytes: await decompress(raw, { maxOutputLength: maxBytes }) };
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') return { rejection: tooLarge(maxBytes) };
    return { rejection: { status: 400, reason: `the body is not valid ${coding}: ${messageOf(error)}` } };
  }
}

function tooLarge(maxBytes: number): Rejection {
  return { status: 413, reason: `the body is larger than ${maxBytes} bytes after decompression` };
}
