import { expect, it } from 'vitest';
import { WindowAges } from './window-ages.ts';

const longestMs = 6400;

it('tells no window too old that has not been there for so long', () => {
  const ages = new WindowAges(longestMs);
  expect(ages.tooOldUntil(0)).toBeUndefined();
  ages.note({ unixNano: 5n, monotonicMs: 0 });
  expect(ages.tooOldUntil(longestMs)).toBeUndefined();
  expect(ages.tooOldUntil(longestMs + 1)).toBe(5n);
});

it('tells the latest that is too old, again and again', () => {
  const ages = new WindowAges(longestMs);
  for (const at of [0, 1000, 2000]) ages.note({ unixNano: BigInt(at), monotonicMs: at });
  expect(ages.tooOldUntil(longestMs + 1001)).toBe(1000n);
  expect(ages.tooOldUntil(longestMs + 1001)).toBe(1000n);
  expect(ages.tooOldUntil(longestMs + 2001)).toBe(2000n);
});

it('is at most a 64th late, and always knows the last, however short the windows are', () => {
  const ages = new WindowAges(longestMs);
  const lastMs = 3 * longestMs;
  for (let at = 0; at <= lastMs; at++) {
    ages.note({ unixNano: BigInt(at), monotonicMs: at });
    const until = Number(ages.tooOldUntil(at) ?? -1n);
    const exact = at - longestMs - 1;
    if (until > Math.max(exact, -1) || (exact >= 0 && until < exact - longestMs / 64)) {
      throw new Error(`at ${at} ms windows up to ${until} are too old`);
    }
  }
  expect(ages.tooOldUntil(lastMs + longestMs)).toBeLessThan(BigInt(lastMs));
  expect(ages.tooOldUntil(lastMs + longestMs + 1)).toBe(BigInt(lastMs));
});
