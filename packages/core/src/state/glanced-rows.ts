/** How many slots there are for each row at the least, so that most rows are in the first one looked at. */
const slotsPerRow = 4;
/** Powers of two. */
const fewestSlots = 16;
const mostSlots = 8192;
/** So many slots are looked at for a row. */
const mostTries = 4;

/**
 * GlancedRows leads from a glance at attributes, a number that says little of them, to rows that may have them: for who
 * compares, and has another way to what is not found here. It knows rows that were looked for of late, as far as there
 * is room for them.
 */
export class GlancedRows {
  /**
   * A hash table, its length a power of two. An entry is row + 1 in as many low bits as number the slots, and above them
   * the glance's bits; 0 where nothing is.
   */
  #slots = new Int32Array(fewestSlots);
  #length = 0;

  /** The row to compare with at a try, counted from 0; −1 when that is another's, −2 when there is none any more. */
  rowAt(glance: number, attempt: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const entry = slots[(glance + attempt) & mask] as number;
    if (entry === 0 || attempt === mostTries) return -2;
    return ((entry ^ glance) & ~mask) === 0 ? (entry & mask) - 1 : -1;
  }

  /** add makes a row known that was found in another way. All others go when there is no room. */
  add(glance: number, row: number): void {
    if (row + 1 >= mostSlots) return;
    const least = Math.max(slotsPerRow * (this.#length + 1), row + 2);
    if (least > this.#slots.length) this.#clear(least);
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let attempt = 0; attempt < mostTries; attempt++) {
      const slot = (glance + attempt) & mask;
      if (slots[slot] !== 0) continue;
      slots[slot] = (glance & ~mask) | (row + 1);
      this.#length += 1;
      return;
    }
  }

  #clear(leastSlots: number): void {
    let slots = 2 * this.#slots.length;
    while (slots < leastSlots) slots *= 2;
    this.#slots = new Int32Array(Math.min(slots, mostSlots));
    this.#length = 0;
  }
}
