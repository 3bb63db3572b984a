import { promisify } from 'node:util';
import { gunzip, inflate, zstdDecompress } from 'node:zlib';
import type { Rejection } from './received-request.ts';

const decompress = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  zstd: promisify(zstdDecompress),
} as const;

/** supportsContentEncoding says whether a body in this content coding can be read. */
export function supportsContentEncoding(coding: string): boolean {
  return coding === 'identity' || Object.hasOwn(decompress, coding);
}

/**
 * inflateBody undoes the content coding, off the main thread, and stops past `maxBytes`: a small body can be a bomb.
 * A body that can't be inflated, or would be too large, is a {@link Rejection}.
 */
export async function inflateBody(
  raw: Uint8Array,
  { coding, maxBytes }: { coding: string; maxBytes: number },
): Promise<{ readonly bytes: Uint8Array } | { readonly rejection: Rejection }> {
  if (coding === 'identity') {
    return raw.length > maxBytes ? { rejection: tooLarge(maxBytes) } : { bytes: raw };
  }
  try {
    const undo = decompress[coding as keyof typeof decompress];
    return { bytes: await undo(raw, { maxOutputLength: maxBytes }) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      return { rejection: tooLarge(maxBytes) };
    return {
      rejection: { status: 400, reason: `the body is not valid ${coding}: ${(error as Error).message}` },
    };
  }
}

function tooLarge(maxBytes: number): Rejection {
  return { status: 413, reason: `the body is larger than ${maxBytes} bytes after decompression` };
}
