import type { Clock } from '../clock.ts';
import { partialsAtOnce } from '../state/partials.ts';
import type { State } from '../state/state.ts';

/** So many partials, or rows of histograms to copy, are done without a look at the clock. */
const fewEnough = 4096;
/** How long the event loop waits in one stretch. */
const sliceMs = 0.5;

/** isMuchToPrepare says whether so much is to be done before a snapshot that the event loop may need turns in between. */
export function isMuchToPrepare(state: State): boolean {
  if (state.partials.length >= fewEnough) return true;
  let rows = 0;
  for (const metric of state.metrics()) if (metric.hasToCopyValues) rows += metric.slab.rows;
  return rows >= fewEnough;
}

/**
 * prepareInSlices does what can be done before a snapshot, with turns of the event loop in between when it takes long.
 * What is recorded in those turns is for the snapshot to do: waiting for that might have no end.
 */
export async function prepareInSlices(state: State, clock: Clock): Promise<void> {
  let endMs = clock.monotonicMs() + sliceMs;
  const isOver = (): boolean => clock.monotonicMs() >= endMs;
  const takeTurn = async (): Promise<void> => {
    await nextTurn();
    endMs = clock.monotonicMs() + sliceMs;
  };
  for (let { length } = state.partials; length > 0; length -= partialsAtOnce) {
    state.partials.foldSome();
    // The turns are the purpose of these loops.
    if (isOver()) await takeTurn();
  }
  for (const metric of state.metrics()) {
    if (!metric.hasToCopyValues) continue;
    metric.shareValues();
    if (isOver()) await takeTurn();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
