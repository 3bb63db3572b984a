import type { AttributeValue } from '../attributes.ts';

/** Whole numbers from 0 to below this are found by index. */
const smallIntegers = 1024;

/** ValueIds numbers the values of one attribute key. Booleans and small whole numbers are found without hashing. */
export class ValueIds {
  /** The ids of small whole numbers, as far as there are any; −1 for none. */
  readonly #integerIds: number[] = [];
  #falseId = -1;
  #trueId = -1;
  /** All others. */
  readonly #ids = new Map<AttributeValue, number>();

  /** The number of a value; −1 when it has none. */
  get(value: AttributeValue): number {
    if (typeof value === 'number') {
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
    } else {
      this.#ids.set(value, id);
    }
  }
}
