import type { AttributeValue, Attributes } from '../attributes.ts';
import type { Pairs } from '../record/copy-attributes.ts';
import { Cell } from './cell.ts';

// Not Object.hasOwn: only in this form does V8 know inside a for-in loop that the answer is yes.
// oxlint-disable-next-line typescript/unbound-method -- it is called with its object
const hasOwn = Object.prototype.hasOwnProperty;

/**
 * AttributeIndex finds the cell for a set of attributes without making anything: it walks the caller's object key by
 * key through nested maps. Each order of keys that callers use is a path of its own to the same cell; the number of
 * such paths is bounded, beyond it only the sorted order is found here.
 */
export class AttributeIndex {
  readonly #root = new Branch();
  #cells = 0;
  #aliases = 0;

  /** The cell reached by the attributes in the order and form of the caller, if that path is known. */
  find(attributes: Attributes): Cell | undefined {
    let step: Branch | Cell = this.#root;
    for (const key in attributes) {
      if (!hasOwn.call(attributes, key)) continue;
      if (step instanceof Cell) return undefined;
      const next: Branch | Cell | undefined = step.next(key, attributes[key] as AttributeValue);
      if (next === undefined) return undefined;
      step = next;
    }
    return step instanceof Cell ? step : step.cell;
  }

  /** The cell at the end of the path that the pairs make. */
  findPath(pairs: Pairs): Cell | undefined {
    let step: Branch | Cell = this.#root;
    for (let i = 0; i < pairs.length; i += 2) {
      if (step instanceof Cell) return undefined;
      const next: Branch | Cell | undefined = step.next(pairs[i] as string, pairs[i + 1] as AttributeValue);
      if (next === undefined) return undefined;
      step = next;
    }
    return step instanceof Cell ? step : step.cell;
  }

  add(pairs: Pairs, cell: Cell): void {
    this.#cells += 1;
    this.#addPath(pairs, cell);
  }

  /** addAlias makes another order or form of a cell's attributes a path to it, while there is room for more paths. */
  addAlias(pairs: Pairs, cell: Cell): void {
    if (this.#aliases >= 4 * this.#cells + 16 || this.findPath(pairs) !== undefined) return;
    this.#aliases += 1;
    this.#addPath(pairs, cell);
  }

  #addPath(pairs: Pairs, cell: Cell): void {
    let branch = this.#root;
    for (let i = 0; i < pairs.length; i += 2) {
      const key = pairs[i] as string;
      const value = pairs[i + 1] as AttributeValue;
      const next = branch.next(key, value);
      const isLast = i + 2 === pairs.length;
      if (isLast && next === undefined) {
        branch.set(key, value, cell);
        return;
      }
      if (next instanceof Branch) {
        branch = next;
        continue;
      }
      const made = new Branch(next);
      branch.set(key, value, made);
      branch = made;
    }
    branch.cell = cell;
  }
}

/**
 * Branch is where paths part: the attributes so far may be a series of their own (`cell`), or go on with a key. Nearly
 * every branch knows one key only, and many one value of it only: those need no map.
 */
class Branch {
  cell: Cell | undefined;
  /** The first key seen here. */
  key: string | undefined = undefined;
  /** Its value and what that leads to, as long as there is no other. */
  value: AttributeValue | undefined = undefined;
  only: Branch | Cell | undefined = undefined;
  /** Its values and what they lead to, once there are several. */
  values: Map<AttributeValue, Branch | Cell> | undefined = undefined;
  /** The same for all other keys. */
  others: Map<string, Map<AttributeValue, Branch | Cell>> | undefined = undefined;

  constructor(cell?: Cell) {
    this.cell = cell;
  }

  /** What an attribute leads to. */
  next(key: string, value: AttributeValue): Branch | Cell | undefined {
    if (this.key !== key) return this.others?.get(key)?.get(value);
    if (this.values !== undefined) return this.values.get(value);
    return this.value === value ? this.only : undefined;
  }

  set(key: string, value: AttributeValue, to: Branch | Cell): void {
    if (this.key === undefined || (this.key === key && this.values === undefined && this.value === value)) {
      this.key = key;
      this.value = value;
      this.only = to;
    } else if (this.key === key) {
      this.values ??= new Map([[this.value as AttributeValue, this.only as Branch | Cell]]);
      this.values.set(value, to);
      this.only = undefined;
    } else {
      this.others ??= new Map();
      const values = this.others.get(key) ?? new Map<AttributeValue, Branch | Cell>();
      this.others.set(key, values.set(value, to));
    }
  }
}
