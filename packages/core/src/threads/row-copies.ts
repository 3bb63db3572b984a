import { closedBit, copyMask, takenBit } from './row-state.ts';

/** RowPlace is where a row lies in shared memory. */
export interface RowPlace {
  readonly words: Int32Array;
  readonly values: Float64Array;
  /** The index of the row's state among the words. */
  readonly state: number;
  /** The index of the first copy's first number among the values. */
  readonly first: number;
  /** How many numbers a copy has. */
  readonly width: number;
}

const closedWords = Int32Array.of(takenBit | closedBit);
const noValues = new Float64Array(0);

/** RowCopies is a row as the worker sees it that writes it. See `row-state.ts` for how that goes. */
export class RowCopies {
  #words: Int32Array;
  #state: number;
  values: Float64Array;
  /** Where the published copy begins. */
  publishedAt: number;
  /** Where the copy begins that is to be written next. */
  spareAt: number;
  readonly width: number;
  readonly #first: number;
  /** The numbers of the copies. */
  #published = 0;
  #spare = 1;

  constructor(place: RowPlace) {
    this.#words = place.words;
    this.#state = place.state;
    this.values = place.values;
    this.#first = place.first;
    this.width = place.width;
    this.publishedAt = place.first;
    this.spareAt = place.first + place.width;
  }

  /** publish makes the spare copy the published one; false, and nothing done, when the owner has taken the published one. */
  publish(): boolean {
    const published = this.#published;
    const spare = this.#spare;
    if (Atomics.compareExchange(this.#words, this.#state, published, spare) !== published) return false;
    this.#published = spare;
    this.#spare = published;
    const spareAt = this.spareAt;
    this.spareAt = this.publishedAt;
    this.publishedAt = spareAt;
    return true;
  }

  /** The state to hand to `publishAfter`, or `undefined` when nothing can be published any more. */
  state(): number | undefined {
    const state = Atomics.load(this.#words, this.#state);
    return (state & closedBit) === 0 ? state : undefined;
  }

  /** Whether the published copy is taken in a state: then the spare one has to begin at nothing. */
  isTaken(state: number): boolean {
    return (state & takenBit) !== 0;
  }

  /** publishAfter publishes the spare copy after a state; false, and nothing done, when that is no longer the state. */
  publishAfter(state: number): boolean {
    if (!this.isTaken(state)) return this.publish();
    if (Atomics.compareExchange(this.#words, this.#state, state, this.#spare) !== state) return false;
    const taken = state & copyMask;
    this.#published = this.#spare;
    this.#spare = 3 - taken - this.#published;
    this.publishedAt = this.spareAt;
    this.spareAt = this.#first + this.#spare * this.width;
    return true;
  }

  /** close lets go of the memory: it may belong to another worker from now on. */
  close(): void {
    this.#words = closedWords;
    this.#state = 0;
    this.values = noValues;
  }
}
