import { setTimeout as passes } from 'node:timers/promises';

/** How long a receiver may take to show what it was sent, or to begin; generous, since machines are busy. */
const longestWaitMs = 90_000;
const betweenAsksMs = 50;

/**
 * waitUntil asks again and again until the answer is neither `undefined` nor `false`, and gives it.
 *
 * @throws Error when it takes longer than a minute and a half, with the last error of an ask as its cause
 */
export async function waitUntil<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const endMs = performance.now() + longestWaitMs;
  for (;;) {
    let cause: unknown;
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > endMs) throw new Error(`waited in vain: ${what}`, { cause });
    await passes(betweenAsksMs);
  }
}
