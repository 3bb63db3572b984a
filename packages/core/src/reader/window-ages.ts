/** Ages are as exact as this share of the longest one, so that a few moments are enough to tell them. */
const resolution = 1 / 64;

interface Moment {
  readonly unixNano: bigint;
  readonly monotonicMs: number;
}

/**
 * WindowAges tells how old windows are by the monotonic clock, from the wall-clock times that they began at: a wall clock
 * that is set makes no window older or younger. Time in which the machine sleeps may not count, then: what is too old for
 * the receiver after that, the receiver says.
 */
export class WindowAges {
  readonly #longestMs: number;
  /** Where windows began, in order: at the most so many that they tell ages well enough. */
  readonly #moments: Moment[] = [];

  /** @param longestMs the age from which on a window is too old */
  constructor(longestMs: number) {
    this.#longestMs = longestMs;
  }

  /** note tells of a moment at which a window begins, later than all before. */
  note(moment: Moment): void {
    const beforeLast = this.#moments.at(-2);
    if (
      beforeLast !== undefined &&
      moment.monotonicMs - beforeLast.monotonicMs < this.#longestMs * resolution
    ) {
      this.#moments.pop();
    }
    this.#moments.push(moment);
  }

  /** tooOldUntil gives the time up to which the beginnings of windows are too long ago. */
  tooOldUntil(nowMs: number): bigint | undefined {
    const latest = this.#moments.findLastIndex(({ monotonicMs }) => nowMs - monotonicMs > this.#longestMs);
    if (latest < 0) return undefined;
    this.#moments.splice(0, latest);
    return this.#moments[0]?.unixNano;
  }
}
