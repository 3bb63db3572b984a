import type { AttributeValue } from '../attributes.ts';
import type { CopiedAttributes, Pairs } from '../record/copy-attributes.ts';
import { ValueIds } from './value-ids.ts';

/** Shape is a set of keys, in the order in which they came first: the one that the attributes of its series have. */
export interface Shape {
  readonly index: number;
  readonly keys: readonly string[];
}

/** Longer sets of keys are not learnt: they are found by their copies only. */
export const mostKeysLearnt = 128;

/** PathEnd is what keys in some order turn out to be. */
export interface PathEnd {
  readonly shape: Shape;
  /** By place in the shape, the place of that key in the order; `undefined` when the two are alike. */
  readonly order: Uint16Array | undefined;
}

/** Nothing leads to where all paths begin. */
const noValues = new ValueIds();

/** So many keys that follow one another are compared with, further ones are looked up. */
const mostSiblings = 8;

/** KeyStep is a place on the way through the keys of a caller's object, in the caller's order. */
export class KeyStep {
  /** The key that leads here, and its values. */
  readonly key: string;
  readonly values: ValueIds;
  /** What the keys are if they end here. */
  shape: Shape | undefined = undefined;
  order: PathEnd['order'] = undefined;
  /** Where the key leads that was first seen to follow; the next ones are its siblings. */
  first: KeyStep | undefined = undefined;
  sibling: KeyStep | undefined = undefined;
  /** Where all other keys lead. */
  others: Map<string, KeyStep> | undefined = undefined;

  constructor(key: string, values: ValueIds) {
    this.key = key;
    this.values = values;
  }

  /** Where a key leads, if it has been seen here. */
  after(key: string): KeyStep | undefined {
    let step = this.first;
    while (step !== undefined && step.key !== key) step = step.sibling;
    return step ?? this.others?.get(key);
  }

  /** extend makes a key lead on from here. */
  extend(key: string, values: ValueIds): KeyStep {
    const step = new KeyStep(key, values);
    let siblings = 1;
    let last = this.first;
    for (; last?.sibling !== undefined; last = last.sibling) siblings += 1;
    if (last === undefined) this.first = step;
    else if (siblings < mostSiblings) last.sibling = step;
    else {
      this.others ??= new Map();
      this.others.set(key, step);
    }
    return step;
  }
}

/**
 * KeyPaths are the sets of keys that a metric's series have, and the orders in which callers write them: each order is a
 * path of its own to the same shape. How many other orders and forms are learnt is bounded.
 */
export class KeyPaths {
  root: KeyStep = new KeyStep('', noValues);
  readonly #valuesByKey = new Map<string, ValueIds>();
  readonly #shapes: Shape[] = [];
  readonly #shapesByKeySet = new Map<string, Shape>();
  #orders = 0;
  #forms = 0;

  shape(index: number): Shape {
    return this.#shapes[index] as Shape;
  }

  /** The numbers of the values of a well-formed key, if it has any. */
  valuesOf(key: string): ValueIds | undefined {
    return this.#valuesByKey.get(key);
  }

  makeValuesOf(key: string): ValueIds {
    let values = this.#valuesByKey.get(key);
    if (values === undefined) {
      values = new ValueIds();
      this.#valuesByKey.set(key, values);
    }
    return values;
  }

  /** What the keys of attributes are, if there is such a shape. */
  end(copy: CopiedAttributes): PathEnd | undefined {
    const known = this.#walk(copy.asGiven);
    if (known?.shape !== undefined) return known as PathEnd;
    const keys = keysOf(copy.normalized);
    const shape = this.#shapesByKeySet.get(keySetOf(keys));
    return shape && { shape, order: orderIn(keys, shape) };
  }

  /** addShape makes the order of these attributes that of their set of keys, which had no shape. */
  addShape(copy: CopiedAttributes): PathEnd {
    const keys = keysOf(copy.normalized);
    const shape = { index: this.#shapes.length, keys };
    this.#shapes.push(shape);
    this.#shapesByKeySet.set(keySetOf(keys), shape);
    return { shape, order: undefined };
  }

  /** learnOrder makes a path of the order of keys that a caller used. */
  learnOrder(copy: CopiedAttributes): void {
    const { asGiven, normalized } = copy;
    if (this.#walk(asGiven)?.shape !== undefined) return;
    const end = this.end(copy);
    if (
      end === undefined ||
      asGiven.length > 2 * mostKeysLearnt ||
      this.#orders >= 4 * this.#shapes.length + 16
    )
      return;
    this.#orders += 1;
    let step = this.root;
    for (let i = 0; i < asGiven.length; i += 2) {
      const key = asGiven[i] as string;
      step = step.after(key) ?? step.extend(key, this.makeValuesOf(normalized[i] as string));
    }
    step.shape = end.shape;
    step.order = end.order;
  }

  /** learnForms gives values in the form that a caller used the numbers of those that they mean; `rows` bounds them. */
  learnForms({ asGiven, normalized }: CopiedAttributes, rows: number): void {
    for (let i = 0; i < asGiven.length && this.#forms < 4 * rows + 16; i += 2) {
      const values = this.makeValuesOf(normalized[i] as string);
      const given = asGiven[i + 1] as AttributeValue;
      const id = values.get(normalized[i + 1] as AttributeValue);
      if (id < 0 || values.get(given) >= 0) continue;
      this.#forms += 1;
      values.set(given, id);
    }
  }

  /** forget takes away all paths; the shapes stay. */
  forget(): void {
    this.root = new KeyStep('', noValues);
  }

  #walk(pairs: Pairs): KeyStep | undefined {
    let step: KeyStep | undefined = this.root;
    for (let i = 0; step !== undefined && i < pairs.length; i += 2) step = step.after(pairs[i] as string);
    return step;
  }
}

function keysOf(pairs: Pairs): readonly string[] {
  return pairs.filter((_, i) => i % 2 === 0) as readonly string[];
}

/** What is the same for the same keys in any order, and for no others. */
function keySetOf(keys: readonly string[]): string {
  return JSON.stringify(keys.toSorted());
}

function orderIn(keys: readonly string[], shape: Shape): PathEnd['order'] {
  if (shape.keys.every((key, i) => key === keys[i])) return undefined;
  return Uint16Array.from(shape.keys, (key) => keys.indexOf(key));
}
