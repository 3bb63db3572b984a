import type { CopiedAttributes, Pairs } from '../record/copy-attributes.ts';
import { NameMap } from '../record/name-map.ts';

/** Shape is a set of keys, in the order in which they came first: the one that the attributes of its series have. */
export interface Shape {
  readonly index: number;
  readonly keys: readonly string[];
  /** The numbers of the keys. */
  readonly keyIds: readonly number[];
}

/** Longer sets of keys are not learnt: they are found by their copies only. */
export const mostKeysLearnt = 128;

/** So many shapes are few enough for more tables to begin with them. */
const manyShapes = 1024;

/** PathEnd is what keys in some order turn out to be. */
export interface PathEnd {
  readonly shape: Shape;
  /** By place in the shape, the place of that key in the order; `undefined` when the two are alike. */
  readonly order: Uint16Array | undefined;
}

/** So many keys that follow one another are compared with, further ones are looked up. */
const mostSiblings = 4;

/** KeyStep is a place on the way through the keys of a caller's object, in the caller's order. */
export class KeyStep {
  /** The key that leads here. */
  readonly key: string;
  /** What tells glances at the values of one key from those of another: the same for a key on all paths. */
  readonly salt: number;
  /** What the keys are if they end here. */
  shape: Shape | undefined = undefined;
  order: PathEnd['order'] = undefined;
  /** Where the key leads that was first seen to follow; the next ones are its siblings. */
  first: KeyStep | undefined = undefined;
  sibling: KeyStep | undefined = undefined;
  /** Where all other keys lead. */
  others: NameMap<KeyStep> | undefined = undefined;

  constructor(key: string, salt: number) {
    this.key = key;
    this.salt = salt;
  }

  /** Where a key leads, if it has been seen here. */
  after(key: string): KeyStep | undefined {
    let step = this.first;
    while (step !== undefined && step.key !== key) step = step.sibling;
    return step ?? this.others?.get(key);
  }

  /** extend makes a key lead on from here. */
  extend(key: string, salt: number): KeyStep {
    const step = new KeyStep(key, salt);
    let siblings = 1;
    let last = this.first;
    for (; last?.sibling !== undefined; last = last.sibling) siblings += 1;
    if (last === undefined) this.first = step;
    else if (siblings < mostSiblings) last.sibling = step;
    else {
      this.others ??= new NameMap();
      this.others.set(key, step);
    }
    return step;
  }
}

/** Where no path begins. */
export const noPath: KeyStep = new KeyStep('', 0);

/**
 * KeyPaths are the sets of keys that series have, and the orders in which callers write them: each order is a path of its
 * own to the same shape. How many other orders are learnt is bounded. One serves many metrics, whose callers use the
 * same keys.
 */
export class KeyPaths {
  readonly root: KeyStep = new KeyStep('', 0);
  readonly #keyIds = new Map<string, number>();
  readonly #shapes: Shape[] = [];
  readonly #shapesByKeySet = new Map<string, Shape>();
  #orders = 0;

  /** Whether there are so many shapes that those of series long gone may be among them. */
  get isLarge(): boolean {
    return this.#shapes.length >= manyShapes;
  }

  shape(index: number): Shape {
    return this.#shapes[index] as Shape;
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
    const shape = { index: this.#shapes.length, keys, keyIds: keys.map((key) => this.#keyId(key)) };
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
      step = step.after(key) ?? step.extend(key, saltOf(this.#keyId(normalized[i] as string)));
    }
    step.shape = end.shape;
    step.order = end.order;
  }

  #keyId(key: string): number {
    let id = this.#keyIds.get(key);
    if (id === undefined) {
      id = this.#keyIds.size;
      this.#keyIds.set(key, id);
    }
    return id;
  }

  #walk(pairs: Pairs): KeyStep | undefined {
    let step: KeyStep | undefined = this.root;
    for (let i = 0; step !== undefined && i < pairs.length; i += 2) step = step.after(pairs[i] as string);
    return step;
  }
}

/** An odd number with many bits, another one for each key, and no simple multiple of those of others. */
function saltOf(keyId: number): number {
  const multiple = Math.imul(keyId + 1, 0x9e3779b1);
  return Math.imul(multiple ^ (multiple >>> 15), 0x85ebca6b) | 1;
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
