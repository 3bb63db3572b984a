import type { State } from '../state/state.ts';

/** How many rows of histograms are copied in one stretch: well below a millisecond. */
const rowsInSlice = 8192;

/** Whether so much is to be done before a snapshot that the event loop should have turns in between. */
export function isMuchToPrepare(state: State): boolean {
  if (state.partials.slices > 0) return true;
  let rows = 0;
  for (const metric of state.metrics()) if (metric.hasToCopyValues) rows += metric.slab.rows;
  return rows >= rowsInSlice;
}

/**
 * prepareInSlices does what can be done before a snapshot, with turns of the event loop in between. What is recorded in
 * those turns is for the snapshot to do: waiting for that might have no end.
 */
export async function prepareInSlices(state: State): Promise<void> {
  for (let { slices } = state.partials; slices > 0; slices--) {
    state.partials.foldSlice();
    // The turns are the purpose of these loops.
    await nextTurn();
  }
  let rows = 0;
  for (const metric of state.metrics()) {
    if (!metric.hasToCopyValues) continue;
    metric.shareValues();
    rows += metric.slab.rows;
    if (rows < rowsInSlice) continue;
    rows = 0;
    await nextTurn();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
