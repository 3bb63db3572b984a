import type { AttributeValue, Attributes } from '../attributes.ts';
import { type CopiedAttributes, type Pairs, isNormal } from '../record/copy-attributes.ts';
import type { SeriesAttributes } from '../snapshot/point-table.ts';
import { KeyPaths } from './key-paths.ts';
import { type PathEnd, type Shape, mostKeysLearnt, noPath } from './key-step.ts';
import { knownRow, mostRowsKnown, noRows, withRow } from './known-rows.ts';
import { room } from './room.ts';
import { SeenAttributes, noPathEnd, notSeen } from './seen-attributes.ts';
import { ValueIds } from './value-ids.ts';

/** The ids of the values that are looked for, in the order of the shape. */
const wantedIds = new Int32Array(mostKeysLearnt);
/** Where nothing is found. */
const nothingSeen = new SeenAttributes(noPath);

/**
 * AttributeIndex leads from attributes to the row of their series, and back. It is only added to.
 *
 * A row is no object: its attributes are the number of their set of keys (the shape) and those of its values, in one
 * column of numbers, and a hash table leads from these to the row. A caller's own object is read once, key by key: nothing
 * is made or sorted for it, whatever the order of the keys. Attributes that were looked for before, be it in other indexes,
 * have one number as they are written, which leads to the row; only for others, and where this leads to none, is the hash
 * table asked.
 */
export class AttributeIndex implements SeriesAttributes {
  readonly #paths: KeyPaths;
  #seen: SeenAttributes;
  /** The rows by the numbers of the attributes that were seen. */
  #known = noRows;
  #length = 0;
  /** By row: the index of its shape, and then one value id per key. */
  #parts = new Int32Array(4);
  /** How many parts each row has, as long as all have the same shape; 0 later. */
  #stride = 0;
  /** Where the parts of a row begin, once not all have the same shape. */
  #starts = new Int32Array(0);
  #partsLength = 0;
  /** The hash table: row + 1, or 0 where nothing is. Its length is a power of two. */
  #slots = new Int32Array(4);
  /** The values by their ids. */
  readonly #values: AttributeValue[] = [];
  /** The ids of the values of each key, by the key's number. */
  readonly #valueIds: (ValueIds | undefined)[] = [];
  /** How many values have a number for another form than their row's. */
  #forms = 0;
  /** Where the keys lead of what `canAddAsRead` has read. */
  #read: PathEnd | undefined = undefined;

  /** Its key paths can be those of other indexes, too. */
  constructor(paths: KeyPaths = new KeyPaths()) {
    this.#paths = paths;
    this.#seen = paths.seen;
  }

  /** How many rows there are. */
  get length(): number {
    return this.#length;
  }

  /**
   * find gives the row of a caller's attributes; −1 when there is none, or they come in an order or form that is not
   * learnt. Throws what the caller's object throws.
   */
  find(attributes: Attributes): number {
    const number = this.#seen.find(attributes);
    const row = knownRow(this.#known, number);
    return row < 0 ? this.#findSeen(number) : row;
  }

  /** The row of attributes in whatever order and form; −1 when there is none. */
  findCopy(copy: CopiedAttributes): number {
    const end = this.#paths.end(copy);
    return end === undefined ? -1 : this.#findValues(end, copy.normalized, 'pairs');
  }

  /** Adds the next row, for attributes that have none, and learns their order and form. */
  add(copy: CopiedAttributes): number {
    const end = this.#paths.end(copy) ?? this.#paths.addShape(copy);
    const row = this.#append(end, copy.normalized, 'pairs');
    if (end.path === 0) this.#paths.learnOrder(copy);
    if (copy.asGiven !== copy.normalized) this.#learnForms(copy);
    return row;
  }

  /**
   * canAddAsRead reads a caller's attributes and says whether `addAsRead` can add them as they are: they have no row,
   * their order is known, and each value is in the form that equal ones share. Throws what the caller's object throws.
   */
  canAddAsRead(attributes: Attributes): boolean {
    const seen = this.#seen;
    const number = seen.find(attributes);
    // Code in the caller's object may have had it all forgotten.
    if (number === noPathEnd || seen !== this.#seen) return false;
    this.#read = seen.endOf(number);
    const { length } = this.#read.shape.keys;
    for (let i = 0; i < length; i++) if (!isNormal(seen.wanted[i])) return false;
    return length > 0 && this.#findValues(this.#read, seen.wanted, 'values') < 0;
  }

  /** addAsRead adds the next row, for the attributes that `canAddAsRead` has just read. */
  addAsRead(): number {
    return this.#append(this.#read as PathEnd, this.#seen.wanted, 'values');
  }

  /** learn lets `find` find attributes that have a row in the order and form of this caller, within bounds. */
  learn(copy: CopiedAttributes): void {
    this.#paths.learnOrder(copy);
    if (copy.asGiven !== copy.normalized) this.#learnForms(copy);
  }

  /** forgetSeen forgets what callers' attributes were, in all indexes that share the key paths: these find as before. */
  forgetSeen(): void {
    this.#paths.forgetSeen();
  }

  /** forget makes `find` find nothing from now on. */
  forget(): void {
    this.#seen = nothingSeen;
  }

  /** The attributes of a row, in the order in which their set of keys came first. */
  pairs(row: number): Pairs {
    let place = this.#startOf(row);
    const { keys } = this.#paths.shape(this.#parts[place] as number);
    const pairs: AttributeValue[] = [];
    for (const key of keys) pairs.push(key, this.#values[this.#parts[++place] as number] as AttributeValue);
    return pairs;
  }

  keySetOf(row: number): number {
    return this.#parts[this.#startOf(row)] as number;
  }

  keysOf(keySet: number): readonly string[] {
    return this.#paths.shape(keySet).keys;
  }

  valueIdOf(row: number, place: number): number {
    return this.#parts[this.#startOf(row) + 1 + place] as number;
  }

  valueOf(valueId: number): AttributeValue {
    return this.#values[valueId] as AttributeValue;
  }

  /** The row of the attributes that were read last, of whose number, if they have one, no row is known. */
  #findSeen(number: number): number {
    const seen = this.#seen;
    if (number === noPathEnd) return -1;
    const row = this.#findValues(seen.endOf(number), seen.wanted, 'values');
    if (row >= 0 && row < mostRowsKnown) this.#makeKnown(number, row);
    return row;
  }

  #makeKnown(seenNumber: number, row: number): void {
    const paths = this.#paths;
    if (this.#seen !== paths.seen) {
      // What was seen before was forgotten.
      this.#seen = paths.seen;
      this.#known = noRows;
      return;
    }
    if (seenNumber === notSeen && this.#seen.isFull) return paths.forgetSeen();
    const number = seenNumber === notSeen ? this.#seen.add() : seenNumber;
    if (number >= 0) this.#known = withRow(this.#known, { number, row, rows: this.#length });
  }

  #append(end: PathEnd, given: readonly AttributeValue[], has: 'values' | 'pairs'): number {
    const { shape, order } = end;
    const { keyIds } = shape;
    const row = this.#length;
    this.#parts = room(this.#parts, this.#partsLength + 1 + keyIds.length);
    if (row === 0) this.#stride = 1 + keyIds.length;
    else if (this.#stride > 0 && shape.index !== this.#parts[0]) this.#endStride();
    if (this.#stride === 0) {
      this.#starts = room(this.#starts, row + 1);
      this.#starts[row] = this.#partsLength;
    }
    this.#parts[this.#partsLength++] = shape.index;
    for (let i = 0; i < keyIds.length; i++) {
      const place = order?.[i] ?? i;
      const value = given[has === 'values' ? place : 2 * place + 1] as AttributeValue;
      this.#parts[this.#partsLength++] = this.#idOf(keyIds[i] as number, value);
    }
    this.#length += 1;
    this.#enter(row);
    return row;
  }

  /** The row with these values, given in the order of the caller's keys: one after another, or each after its key. */
  #findValues({ shape, order }: PathEnd, given: readonly AttributeValue[], has: 'values' | 'pairs'): number {
    const { keyIds } = shape;
    const { length } = keyIds;
    const ids = length <= mostKeysLearnt ? wantedIds : new Int32Array(length);
    let sum = 0;
    for (let i = 0; i < length; i++) {
      const place = order?.[i] ?? i;
      const value = given[has === 'values' ? place : 2 * place + 1] as AttributeValue;
      const id = this.#valueIds[keyIds[i] as number]?.get(value) ?? -1;
      if (id < 0) return -1;
      ids[i] = id;
      sum = (sum + scatter(id)) | 0;
    }
    return this.#probe(shape, ids, sum);
  }

  #probe(shape: Shape, ids: Int32Array, sum: number): number {
    const slots = this.#slots;
    const parts = this.#parts;
    const mask = slots.length - 1;
    const { length } = shape.keys;
    for (let slot = mixed(sum) & mask; ; slot = (slot + 1) & mask) {
      const row = (slots[slot] as number) - 1;
      if (row < 0) return -1;
      const start = this.#startOf(row);
      if (parts[start] !== shape.index) continue;
      let i = 0;
      while (i < length && parts[start + 1 + i] === ids[i]) i++;
      if (i === length) return row;
    }
  }

  #startOf(row: number): number {
    return this.#stride > 0 ? Math.imul(row, this.#stride) : (this.#starts[row] as number);
  }

  #endStride(): void {
    this.#starts = Int32Array.from({ length: this.#length }, (_, row) => row * this.#stride);
    this.#stride = 0;
  }

  /** Enters a row in the hash table, which is kept no more than half full, so that most searches end at the first slot. */
  #enter(row: number): void {
    if (2 * this.#length > this.#slots.length) {
      this.#slots = new Int32Array(2 * this.#slots.length);
      for (let earlier = 0; earlier < row; earlier++) this.#fillSlot(earlier);
    }
    this.#fillSlot(row);
  }

  #fillSlot(row: number): void {
    const start = this.#startOf(row);
    const { length } = this.#paths.shape(this.#parts[start] as number).keys;
    let sum = 0;
    for (let i = 1; i <= length; i++) sum = (sum + scatter(this.#parts[start + i] as number)) | 0;
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = mixed(sum) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = row + 1;
  }

  #idOf(keyId: number, value: AttributeValue): number {
    const values = this.#valueIdsOf(keyId);
    let id = values.get(value);
    if (id < 0) {
      id = this.#values.length;
      this.#values.push(value);
      values.set(value, id);
    }
    return id;
  }

  #valueIdsOf(keyId: number): ValueIds {
    const valueIds = this.#valueIds;
    // Without holes the array stays a quick one.
    while (valueIds.length <= keyId) valueIds.push(undefined);
    return (valueIds[keyId] ??= new ValueIds());
  }

  /** Gives values in the form that a caller used the numbers of those that they mean, within bounds. */
  #learnForms(copy: CopiedAttributes): void {
    const end = this.#paths.end(copy);
    if (end === undefined) return;
    const { shape, order } = end;
    for (const [i, keyId] of shape.keyIds.entries()) {
      const place = 2 * (order?.[i] ?? i) + 1;
      const values = this.#valueIdsOf(keyId);
      const id = values.get(copy.normalized[place] as AttributeValue);
      const given = copy.asGiven[place] as AttributeValue;
      if (id < 0 || values.get(given) >= 0 || this.#forms >= 4 * this.#length + 16) continue;
      this.#forms += 1;
      values.set(given, id);
    }
  }
}

/** Scatters numbers that follow one another. Those of a row are added up, so that the order of keys does not matter. */
function scatter(id: number): number {
  const scattered = Math.imul(id + 1, 0x9e3779b1);
  return Math.imul(scattered ^ (scattered >>> 15), 0x85ebca6b);
}

/** Brings all bits of a sum into the low ones. */
function mixed(sum: number): number {
  return sum ^ (sum >>> 16);
}
