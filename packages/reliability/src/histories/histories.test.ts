import fc from 'fast-check';
import { expect, it } from 'vitest';
import { everyWay } from '../testing/play-fault.ts';
import { arbitraryHistory } from './arbitrary-history.ts';
import { playHistory } from './play-history.ts';

/** How many histories are played in each way: more of them, and longer ones, by this variable. */
const histories = Number(process.env['RELIABILITY_HISTORIES'] ?? 60);
const acts = histories > 1000 ? 200 : 80;

/** A history takes some milliseconds. */
const hangsAfterMs = 10_000;

it.each(everyWay)(
  'every history of faults balances the account of %s windows as %s, and ends with all of it delivered',
  async (temporality, protocol) => {
    let flushes = 0;
    // What fails is shown with its seed and path, and made as short as it can be.
    await fc.assert(
      fc.asyncProperty(arbitraryHistory(acts), async (history) => {
        flushes += (await playHistory(history, { temporality, protocol })).flushes;
      }),
      { numRuns: histories, timeout: hangsAfterMs },
    );
    expect(flushes).toBeGreaterThan(histories * 10);
  },
  histories * 2000,
);
