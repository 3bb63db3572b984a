/**
 * Partial is what one bound latency or histogram collected since it was last folded into its series' row: to put many
 * values into their buckets at once is cheaper than one by one.
 */
export interface Partial {
  /**
   * Records what was collected in the row, and begins anew with nothing. Says how many values that were.
   *
   * @internal
   */
  fold(): number;
}

/** So many partials at the most: before anything is read, all have to be folded. */
const mostPartials = 2 ** 15;
/** So many where most hold next to nothing when it is their turn: to keep more of them makes only more work for later. */
const mostSparse = 2 ** 12;
/** A partial holds next to nothing that has, in the mean, fewer values than this. */
const fewValues = 1.5;
/** How many are folded between two looks at the clock: few, as some hold a value and others a whole batch. */
export const partialsAtOnce: number = 2 ** 8;

/**
 * How many values go to their rows at once at the most, those that are the first of their instruments: where there are
 * more, they are folded in slices.
 */
const mostAtOnce = 2 ** 14;

const none: readonly Partial[] = [];

/** Partials are the bound instruments of a state that hold something which is not in a slab yet: first in, first out. */
export class Partials {
  /** These go first, from `#next` on. */
  #older = none;
  #next = 0;
  #newer: Partial[] = [];
  /** How many may wait at the most. */
  #most = mostPartials;
  /** How often all were folded. */
  #folds = 0;
  /** How many values went to their rows at once since. */
  #atOnce = 0;

  /** How many there are. */
  get length(): number {
    return this.#older.length - this.#next + this.#newer.length;
  }

  /** How often all were folded. */
  get folds(): number {
    return this.#folds;
  }

  /** Whether one more value since the last fold is to go to its row at once; then it is counted. */
  takesAtOnce(): boolean {
    if (this.#atOnce >= mostAtOnce) return false;
    this.#atOnce += 1;
    return true;
  }

  /** add has a partial folded in before anything is read. */
  add(partial: Partial): void {
    this.#newer.push(partial);
    if (this.length < this.#most) return;
    if (this.#foldOldest(partialsAtOnce) < fewValues) this.#most = mostSparse;
  }

  /** foldSome brings into the slabs what some recorded of those that have waited longest for it. */
  foldSome(): void {
    this.#foldOldest(partialsAtOnce);
  }

  /** fold brings everything that they recorded into the slabs. */
  fold(): void {
    this.#folds += 1;
    this.#atOnce = 0;
    this.#most = mostPartials;
    while (this.length > 0) this.#foldOldest(mostPartials);
  }

  /** Says how many values these held in the mean, if there were as many as asked for. */
  #foldOldest(most: number): number {
    if (this.#next === this.#older.length) {
      this.#older = this.#newer;
      this.#newer = [];
      this.#next = 0;
    }
    const older = this.#older;
    const from = this.#next;
    const to = Math.min(older.length, from + most);
    // Before the first is folded: that may have all others folded.
    this.#next = to;
    if (to === older.length) {
      // Nothing keeps instruments that are gone.
      this.#older = none;
      this.#next = 0;
    }
    let values = 0;
    for (let i = from; i < to; i++) values += (older[i] as Partial).fold();
    return to - from === most ? values / most : Infinity;
  }
}
