import type { Readable } from 'node:stream';

/** How reading a body ended, and what was read. */
export interface BodyRead {
  readonly ended: 'complete' | 'stopped' | 'too-large' | 'timed-out' | 'aborted';
  readonly bytes: Uint8Array;
}

/** readBody reads at most `maxBytes` within `timeoutMs`; it stops once `stopAfterBytes` are there. It never rejects. */
export async function readBody(
  body: Readable,
  {
    maxBytes,
    timeoutMs,
    stopAfterBytes,
  }: { maxBytes: number; timeoutMs: number; stopAfterBytes?: number | undefined },
): Promise<BodyRead> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  return new Promise((resolve) => {
    const finish = (ended: BodyRead['ended']): void => {
      clearTimeout(timer);
      body.off('data', onData).off('end', onEnd).off('close', onClose);
      body.pause();
      resolve({ ended, bytes: Buffer.concat(chunks) });
    };
    const timer = setTimeout(finish, timeoutMs, 'timed-out').unref();
    const onData = (chunk: Buffer): void => {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) {
        finish('too-large');
        return;
      }
      chunks.push(chunk);
      if (stopAfterBytes !== undefined && sizeBytes >= stopAfterBytes) finish('stopped');
    };
    const onEnd = (): void => finish('complete');
    const onClose = (): void => finish('aborted');
    body.on('data', onData).on('end', onEnd).on('close', onClose);
    body.on('error', () => {}); // 'close' follows
  });
}
