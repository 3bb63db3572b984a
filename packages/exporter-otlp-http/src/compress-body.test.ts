import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';

import { compressBody } from './compress-body.ts';

const body = Buffer.from('{"resourceMetrics":[]}'.repeat(10_000));

test.each([
  ['gzip', gunzipSync],
  ['zstd', zstdDecompressSync],
] as const)('%s is left to other threads, and is what it was once inflated', async (compression, inflate) => {
  let isDone = false;
  const compressed = compressBody(body, compression);
  void compressed.then(() => (isDone = true));
  // What this thread works out by itself is there after a few of its own promises; another thread is heard in a turn.
  for (let promise = 0; promise < 100; promise += 1) await Promise.resolve();
  expect(isDone).toBe(false);
  expect((await compressed).byteLength).toBeLessThan(body.byteLength / 10);
  expect(inflate(await compressed).equals(body)).toBe(true);
});

test('without compression a body stays the very same', async () => {
  expect(await compressBody(body, 'none')).toBe(body);
});
