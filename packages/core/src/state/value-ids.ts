import type { AttributeValue } from '../attributes.ts';

/** How many strings at the most are found by a glance: few enough to be compared with all, in the worst case. */
const mostGlanced = 48;
/** A power of two, and so large that few slots are taken. */
const slots = 128;
/** Whole numbers from 0 to below this are found by index. */
const smallIntegers = 1024;

/**
 * ValueIds numbers the values of one attribute key.
 *
 * Most attributes have few values, and those are found without hashing: strings by a glance at some of their characters,
 * small whole numbers by index.
 */
export class ValueIds {
  /** A hash table of strings: the string, and its id or −1 for none. Without slots while there is none, or too many. */
  #strings: string[] = [];
  #stringIds: number[] = [];
  #stringCount = 0;
  /** The ids of small whole numbers, as far as there are any; −1 for none. */
  readonly #integerIds: number[] = [];
  #falseId = -1;
  #trueId = -1;
  /** All others. */
  readonly #ids = new Map<AttributeValue, number>();

  /** The number of a value; −1 when it has none. */
  get(value: AttributeValue): number {
    if (typeof value === 'string') {
      const ids = this.#stringIds;
      if (ids.length > 0) {
        const strings = this.#strings;
        for (let slot = glance(value); ; slot = (slot + 1) & (slots - 1)) {
          const id = ids[slot] as number;
          if (id < 0 || strings[slot] === value) return id;
        }
      }
    } else if (typeof value === 'number') {
      // To an index: −0 is 0.
      const index = value | 0;
      if (index === value && index >= 0 && index < this.#integerIds.length) {
        return this.#integerIds[index] as number;
      }
    } else if (typeof value === 'boolean') return value ? this.#trueId : this.#falseId;
    return this.#ids.get(value) ?? -1;
  }

  /** set gives a value that has none a number. */
  set(value: AttributeValue, id: number): void {
    if (typeof value === 'boolean') {
      if (value) this.#trueId = id;
      else this.#falseId = id;
    } else if (typeof value === 'number' && value >= 0 && value < smallIntegers && Number.isInteger(value)) {
      while (this.#integerIds.length <= value) this.#integerIds.push(-1);
      this.#integerIds[value] = id;
    } else if (typeof value === 'string' && this.#stringCount < mostGlanced) {
      this.#addString(value, id);
    } else {
      if (typeof value === 'string' && this.#stringIds.length > 0) this.#endGlancing();
      this.#ids.set(value, id);
    }
  }

  #addString(value: string, id: number): void {
    if (this.#stringIds.length === 0) {
      this.#strings = Array.from({ length: slots }, () => '');
      this.#stringIds = Array.from({ length: slots }, () => -1);
    }
    let slot = glance(value);
    while ((this.#stringIds[slot] as number) >= 0) slot = (slot + 1) & (slots - 1);
    this.#strings[slot] = value;
    this.#stringIds[slot] = id;
    this.#stringCount += 1;
  }

  #endGlancing(): void {
    for (const [slot, id] of this.#stringIds.entries()) {
      if (id >= 0) this.#ids.set(this.#strings[slot] as string, id);
    }
    this.#strings = [];
    this.#stringIds = [];
  }
}

/** What its length and two of its characters make of a string: a slot. */
function glance(value: string): number {
  const { length } = value;
  if (length === 0) return 0;
  const characters = value.charCodeAt(length - 1) + 5 * value.charCodeAt(length >> 1);
  return (characters + 11 * length) & (slots - 1);
}
