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
      const values: Values | undefined = step.key === key ? step.values : step.others?.get(key);
      if (values === undefined) return undefined;
      const next: Branch | Cell | undefined = values.get(attributes[key] as AttributeValue);
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
      const next: Branch | Cell | undefined = step
        .valuesOf(pairs[i] as string)
        ?.get(pairs[i + 1] as AttributeValue);
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
      const values = branch.makeValuesOf(pairs[i] as string);
      const value = pairs[i + 1] as AttributeValue;
      const next = values.get(value);
      const isLast = i + 2 === pairs.length;
      if (isLast && next === undefined) {
        values.set(value, cell);
        return;
      }
      branch = next instanceof Branch ? next : new Branch(next);
      values.set(value, branch);
    }
    branch.cell = cell;
  }
}

type Values = Map<AttributeValue, Branch | Cell>;

/** Branch is where paths part: the attributes so far may be a series of their own (`cell`), or go on with a key. */
class Branch {
  cell: Cell | undefined;
  /** The first key seen here: nearly always the only one. */
  key: string | undefined = undefined;
  values: Values | undefined = undefined;
  others: Map<string, Values> | undefined = undefined;

  constructor(cell?: Cell) {
    this.cell = cell;
  }

  valuesOf(key: string): Values | undefined {
    return this.key === key ? this.values : this.others?.get(key);
  }

  makeValuesOf(key: string): Values {
    const known = this.valuesOf(key);
    if (known !== undefined) return known;
    const values: Values = new Map();
    if (this.key === undefined) {
      this.key = key;
      this.values = values;
    } else {
      this.others ??= new Map();
      this.others.set(key, values);
    }
    return values;
  }
}
