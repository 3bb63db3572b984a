/**
 * Partial is what one bound instrument recorded since it was last folded into its series' row: adding to a number of
 * its own is the fastest a record can be.
 */
export interface Partial {
  /**
   * Adds what was recorded to the row, and begins anew at nothing.
   *
   * @internal
   */
  fold(): void;
}

/** So many partials at the most: together they can't be more than a counter's range leaves room for. */
const mostPartials = 2 ** 15;
/** How many are folded in one stretch where the event loop is not to wait for all: well below a millisecond. */
const partialsInSlice = 2 ** 13;

/** Partials are the bound instruments of a state that hold something which is not in a slab yet. */
export class Partials {
  #partials: Partial[] = [];

  /** add has a partial folded in before anything is read. */
  add(partial: Partial): void {
    this.#partials.push(partial);
    if (this.#partials.length >= mostPartials) this.foldSlice();
  }

  /** How many times `foldSlice` is to be called so that nothing is left for `fold`; 0 while one slice is more than all. */
  get slices(): number {
    const { length } = this.#partials;
    return length < partialsInSlice ? 0 : Math.ceil(length / partialsInSlice);
  }

  /** foldSlice brings into the slabs what those instruments recorded that have waited longest for it. */
  foldSlice(): void {
    for (const partial of this.#partials.splice(0, partialsInSlice)) partial.fold();
  }

  /** fold brings everything that they recorded into the slabs. */
  fold(): void {
    const partials = this.#partials;
    if (partials.length === 0) return;
    this.#partials = [];
    for (const partial of partials) partial.fold();
  }
}
