import { RowCopies, type RowPlace } from './row-copies.ts';
import { highUnit, sumLayout } from './row-layout.ts';

/** Added says what became of a record: it is there, or the row was closed, or the sum would have left its range. */
export type Added = 'added' | 'closed' | 'overflow';

/** SharedSum is what a worker added to one series and the owner has not taken yet. */
export class SharedSum {
  readonly #copies: RowCopies;
  // Not whole numbers, so that V8 keeps doubles here, which are changed in place.
  #low = 0.5;
  #high = 0.5;

  constructor(place: RowPlace) {
    this.#copies = new RowCopies(place);
    this.#low = 0;
    this.#high = 0;
  }

  /** Does the usual case of a counter. False, and nothing done, for all else. */
  tryAdd(delta: number | bigint): boolean {
    if (typeof delta !== 'number') return false;
    const low = this.#low + delta;
    // False for a negative delta, NaN, a fraction.
    if (!(delta >= 0 && low <= Number.MAX_SAFE_INTEGER && Math.floor(delta) === delta)) return false;
    return this.#publish(low);
  }

  /** Does the usual case of a sum that also falls. False, and nothing done, for all else. */
  tryAddSigned(delta: number | bigint): boolean {
    if (typeof delta !== 'number' || this.#high !== 0) return false;
    const low = this.#low + delta;
    const isSafe = low <= Number.MAX_SAFE_INTEGER && low >= Number.MIN_SAFE_INTEGER;
    return isSafe && Number.isSafeInteger(delta) && this.#publish(low);
  }

  /** add adds a valid delta, wherever the sum is, as long as it stays in the range. */
  add(delta: number | bigint, range: { readonly smallest: bigint; readonly largest: bigint }): Added {
    const copies = this.#copies;
    for (;;) {
      const state = copies.state();
      if (state === undefined) return 'closed';
      const before = copies.isTaken(state) ? 0n : BigInt(this.#high) * highUnit + BigInt(this.#low);
      const sum = before + BigInt(delta);
      if (sum < range.smallest || sum > range.largest) return 'overflow';
      const low = Number(sum % highUnit);
      const high = Number(sum / highUnit);
      copies.values[copies.spareAt + sumLayout.low] = low;
      copies.values[copies.spareAt + sumLayout.high] = high;
      if (!copies.publishAfter(state)) continue;
      this.#low = low;
      this.#high = high;
      return 'added';
    }
  }

  close(): void {
    this.#copies.close();
  }

  #publish(low: number): boolean {
    const copies = this.#copies;
    copies.values[copies.spareAt + sumLayout.low] = low;
    copies.values[copies.spareAt + sumLayout.high] = this.#high;
    if (!copies.publish()) return false;
    this.#low = low;
    return true;
  }
}
