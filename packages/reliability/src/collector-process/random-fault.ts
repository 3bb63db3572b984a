import type { RequestHead, ScriptStep } from '@pqcnet/telemetry-test-collector';

/** seededRandom gives numbers from 0 (inclusive) to 1, the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What can go wrong with a request. `store` tells what was taken although the sender can't know. */
const faults: readonly ScriptStep[] = [
  { do: 'answer', status: 429 },
  { do: 'answer', status: 502, store: true },
  { do: 'answer', status: 503 },
  { do: 'answer', status: 503, store: true },
  { do: 'answer', status: 503, retryAfter: 1 },
  { do: 'answer', status: 504 },
  { do: 'answer', status: 401 },
  { do: 'answer', status: 404 },
  { do: 'answer', status: 400 },
  { do: 'answer', status: 422 },
  { do: 'answer', status: 500 },
  { do: 'partial-success', rejected: 1, message: 'too old' },
  { do: 'partial-success', rejected: 0, message: 'a warning' },
  { do: 'reset', when: 'before-body' },
  { do: 'reset', when: 'during-body' },
  { do: 'reset', when: 'after-body' },
  { do: 'reset', when: 'after-body', store: true },
  { do: 'redirect', location: 'http://127.0.0.1:1/', store: false },
  { do: 'never-answer' },
  { do: 'never-answer', store: true },
  { do: 'drip', everyMs: 1000, store: true },
];

/** randomFaults decides for each request whether it fails, with that chance, and how. */
export function randomFaults(
  random: () => number,
  chance: () => number,
): (head: RequestHead) => ScriptStep | undefined {
  return () => (random() < chance() ? faults[Math.floor(random() * faults.length)] : undefined);
}
