import type { AttributeValue, Attributes } from '../attributes.ts';
import { glanceAt, spread } from './glance.ts';
import { type KeyStep, type PathEnd, mostKeysLearnt } from './key-step.ts';

// Not Object.hasOwn: only in this form does V8 know inside a for-in loop that the answer is yes.
// oxlint-disable-next-line typescript/unbound-method -- it is called with its object
const hasOwn = Object.prototype.hasOwnProperty;

const mostSets = 32_768;
/** How long the entries of all sets may be. */
const mostEntries = 8 * mostSets;
/** How many entries a set has before its values. */
const headLength = 2;
/** How many numbers a slot has. */
const slotWidth = 2;
/** A power of two. */
const fewestSlots = 32;
/** How many slots there are for each set of attributes at the least, so that most are in the first one looked at. */
const slotsPerSet = 4;
/** So many slots are looked at for attributes. */
const mostTries = 8;

/** What `find` gives for attributes without a number. */
export const notSeen = -1;
/** What `find` gives for attributes that it can't read, or whose keys are no path. */
export const noPathEnd = -2;

/**
 * SeenAttributes numbers attributes as callers write them: the same values of the same keys in the same order. What a
 * glance at the values gives while the caller's object is read leads to attributes that were seen before, whose values
 * are compared with the caller's. One serves many metrics, whose callers use the same attributes.
 */
export class SeenAttributes {
  readonly #root: KeyStep;
  /** The values that were read last, in the order of the caller's keys. */
  readonly #wanted: AttributeValue[] = Array.from({ length: mostKeysLearnt }, () => 0);
  /** Where the keys led that were read last, if the attributes were not seen before. */
  #step: KeyStep;
  #glance = 0;
  /** How many searches there were: reading a caller's object can run code of the caller's that searches, too. */
  #searches = 0;
  /** A hash table: a glance, and where the entries of what gave it begin; zeros where nothing is. A power of two long. */
  #slots = new Int32Array(slotWidth * fewestSlots);
  /** By number: where the keys lead. */
  #ends: PathEnd[] = [];
  /** Of each set, one after another: the path, the number, and the values in the order of the caller's keys. */
  #entries: AttributeValue[] = [0];

  /** All paths of keys begin at the root. */
  constructor(root: KeyStep) {
    this.#root = root;
    this.#step = root;
  }

  /** Whether there is no room for more. */
  get isFull(): boolean {
    return this.#ends.length === mostSets || this.#entries.length > mostEntries - mostKeysLearnt;
  }

  /** The values that were read last, in the order of the caller's keys. */
  get wanted(): readonly AttributeValue[] {
    return this.#wanted;
  }

  /** Where the keys lead of attributes with a number, or of those that `find` last gave none. */
  endOf(number: number): PathEnd {
    return number === notSeen ? (this.#step as PathEnd) : (this.#ends[number] as PathEnd);
  }

  /** find gives the number of a caller's attributes, if they have one. Throws what the caller's object throws. */
  find(attributes: Attributes): number {
    const search = (this.#searches + 1) | 0;
    this.#searches = search;
    const wanted = this.#wanted;
    let step = this.#root;
    let length = 0;
    let sum = 0;
    for (const key in attributes) {
      if (!hasOwn.call(attributes, key)) continue;
      let next = step.first;
      while (next !== undefined && next.key !== key) next = next.sibling;
      next ??= step.others?.get(key);
      if (next === undefined) return noPathEnd;
      const value = attributes[key] as AttributeValue;
      const seen = glanceAt(value);
      if (seen < 0) return noPathEnd;
      wanted[length++] = value;
      // V8 takes what may be any number for a double, but not what was made 32 bits.
      sum = (sum + Math.imul(seen, next.salt | 0)) | 0;
      step = next;
    }
    const { path } = step;
    if (path === 0 || search !== this.#searches) return noPathEnd;
    const glance = spread(sum);
    const slots = this.#slots;
    const slot = Math.imul(slotWidth, glance) & (slots.length - 1);
    // Most are here, and V8 makes much less of a loop.
    const start = slots[slot + 1] as number;
    if (slots[slot] === glance && this.#isWanted(start, path, length))
      return this.#entries[start + 1] as number;
    return this.#findFurther(step, glance);
  }

  /** add gives those attributes a number that were read last, and not seen before. −1 where too many look like them. */
  add(): number {
    const end = this.#step as PathEnd;
    const { length } = end.shape.keys;
    const number = this.#ends.length;
    if (slotWidth * slotsPerSet * (number + 1) > this.#slots.length) this.#growSlots();
    const slot = freeSlot(this.#slots, this.#glance);
    if (slot < 0) return -1;
    this.#slots.set([this.#glance, this.#entries.length], slot);
    this.#entries.push(end.path, number);
    this.#ends.push(end);
    for (let i = 0; i < length; i++) this.#entries.push(this.#wanted[i] as AttributeValue);
    return number;
  }

  /** forget forgets all attributes. */
  forget(): void {
    this.#slots = new Int32Array(slotWidth * fewestSlots);
    this.#ends = [];
    this.#entries = [0];
  }

  #findFurther(step: KeyStep, glance: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const { path } = step;
    const { length } = (step as PathEnd).shape.keys;
    let slot = Math.imul(slotWidth, glance) & mask;
    for (let attempt = 1; attempt < mostTries && slots[slot + 1] !== 0; attempt++) {
      slot = (slot + slotWidth) & mask;
      const start = slots[slot + 1] as number;
      if (slots[slot] === glance && this.#isWanted(start, path, length))
        return this.#entries[start + 1] as number;
    }
    this.#step = step;
    this.#glance = glance;
    return notSeen;
  }

  #isWanted(start: number, path: number, length: number): boolean {
    const entries = this.#entries;
    const wanted = this.#wanted;
    // No path's number is 0, which is at the start of nothing.
    if (entries[start] !== path) return false;
    const first = start + headLength;
    let i = 0;
    while (i < length && entries[first + i] === wanted[i]) i++;
    return i === length;
  }

  #growSlots(): void {
    const slots = this.#slots;
    const larger = new Int32Array(2 * slots.length);
    for (let slot = 0; slot < slots.length; slot += slotWidth) {
      if (slots[slot + 1] === 0) continue;
      const to = freeSlot(larger, slots[slot] as number);
      if (to >= 0) larger.set(slots.subarray(slot, slot + slotWidth), to);
    }
    this.#slots = larger;
  }
}

/** A slot for a glance that has nothing in it; −1 when there is none near enough to where it is looked for. */
function freeSlot(slots: Int32Array, glance: number): number {
  const mask = slots.length - 1;
  for (let attempt = 0; attempt < mostTries; attempt++) {
    const slot = Math.imul(slotWidth, glance + attempt) & mask;
    if (slots[slot + 1] === 0) return slot;
  }
  return -1;
}
