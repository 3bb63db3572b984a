/**
 * How a worker and the owner share one row of numbers without waiting for each other, ever.
 *
 * A row has three copies of its numbers, and one word that says which copy is published and whether the owner has taken
 * it. To record, the worker writes a copy that is not published, and publishes it with one atomic compare-and-exchange:
 * a record is there as a whole or not at all, wherever the worker is stopped. To fold, the owner sets the bit that marks
 * the published copy as taken, and reads it. The worker's next exchange fails by that, and the worker begins anew at
 * nothing, in a copy other than the taken one, which it leaves alone until another one is taken.
 *
 * So every record is in exactly one copy that is taken once, and no number is read while it may be written.
 */
export const copiesOfRow = 3;

/** The bits of the word that number the published copy. */
export const copyMask = 3;

/** Set by the owner: the published copy is taken, or nothing was ever recorded. */
export const takenBit = 4;

/** Set by the owner when it shuts down: nothing is published any more. */
export const closedBit = 8;
