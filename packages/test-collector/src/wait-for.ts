import { CollectorError } from './collector-error.ts';
import type { RequestLog } from './request-log.ts';

/** How long to wait, and what can end it early. */
export interface WaitOptions {
  /** In ms; 5000 unless given. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * waitFor resolves with the first truthy value of `condition`, which is tried now and after every request that is
 * recorded. An error that it throws ends the wait.
 */
export async function waitFor<Value>(
  condition: () => Value,
  { log, describe, timeoutMs = 5000, signal }: WaitOptions & { log: RequestLog; describe: () => string },
): Promise<Value> {
  signal?.throwIfAborted();
  const value = condition();
  if (value) return value;
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      unsubscribe();
      signal?.removeEventListener('abort', onAbort);
      act();
    };
    const onAbort = (): void => settle(() => reject(signal?.reason));
    const timer = setTimeout(() => {
      const message = `the condition did not come true within ${timeoutMs} ms; ${describe()}`;
      settle(() => reject(new CollectorError('WAIT_TIMED_OUT', message)));
    }, timeoutMs);
    const unsubscribe = log.subscribe(() => {
      try {
        const current = condition();
        if (current) settle(() => resolve(current));
      } catch (error) {
        settle(() => reject(error));
      }
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
