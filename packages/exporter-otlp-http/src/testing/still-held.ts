import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A compiler of V8, on a thread of its own, may look at an object for so many turns. */
const MOST_TURNS = 20;

/** stillHeld collects garbage until no more than `expected` of some objects are left, and gives those that are. */
export async function stillHeld<T extends object>(
  references: readonly WeakRef<T>[],
  expected: number,
): Promise<readonly WeakRef<T>[]> {
  let held = references;
  for (let turn = 0; turn < MOST_TURNS && held.length > expected; turn += 1) {
    // A WeakRef keeps what it refers to until the turn ends in which it was made or read.
    await nextTurn();
    collectGarbage();
    held = references.filter((reference) => reference.deref() !== undefined);
  }
  return held;
}
