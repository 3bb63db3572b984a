import { noSlot } from './sum-memory.ts';

/** What part of them `releaseSome` lets go of. */
const part = 1 / 256;

/** SlotHolder is a bound counter, which adds to `sumMemory` without looking anything up. */
export interface SlotHolder {
  /** Tells where to add from now on: to a slot of `sumMemory`, or to `noSlot` until it asks again. */
  moveTo(slot: number): void;
}

/** SlotHolders is who is to be told before the rows of a metric move, or are no more. */
export class SlotHolders {
  readonly #holders: SlotHolder[] = [];
  #next = 0;
  /** How many are to be let go of, and a part of the next one. */
  #due = 0;

  /** add takes note of one more; of more than there are at most, another is let go. */
  add(holder: SlotHolder, most: number): void {
    this.#holders.push(holder);
    if (this.#holders.length > most) this.#releaseNext();
  }

  /** releaseSome lets go of a few, others each time: instruments that are gone are not kept for ever. */
  releaseSome(): void {
    this.#due += part * this.#holders.length;
    for (; this.#due >= 1; this.#due -= 1) this.#releaseNext();
  }

  /** releaseAll lets go of all. */
  releaseAll(): void {
    for (const holder of this.#holders.splice(0)) holder.moveTo(noSlot);
  }

  #releaseNext(): void {
    const holders = this.#holders;
    const last = holders.pop();
    if (last === undefined) return;
    const index = this.#next < holders.length ? this.#next : 0;
    this.#next = index + 1;
    const released = holders[index] ?? last;
    if (released !== last) holders[index] = last;
    released.moveTo(noSlot);
  }
}
