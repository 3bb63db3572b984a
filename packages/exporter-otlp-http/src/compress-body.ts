import { promisify } from 'node:util';
import zlib from 'node:zlib';

/** Compression is a request's content coding. */
export type Compression = 'none' | 'gzip' | 'zstd';

const gzip = promisify(zlib.gzip);
const zstd = promisify(zlib.zstdCompress);

/** compressBody compresses a request off the event loop, in Node's thread pool. */
export async function compressBody(body: Uint8Array, compression: Compression): Promise<Uint8Array> {
  switch (compression) {
    case 'none':
      return body;
    case 'gzip':
      return await gzip(body, { level: zlib.constants.Z_BEST_SPEED });
    case 'zstd':
      return await zstd(body);
  }
}
