import type { CopiedAttributes, Pairs } from '../record/copy-attributes.ts';
import { KeyStep, type PathEnd, type Shape, mostKeysLearnt } from './key-step.ts';
import { SeenAttributes } from './seen-attributes.ts';

/** So many shapes are few enough for more tables to begin with them. */
const manyShapes = 1024;

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
  #steps = 0;
  #seen = new SeenAttributes(this.root);

  /** Whether there are so many shapes that those of series long gone may be among them. */
  get isLarge(): boolean {
    return this.#shapes.length >= manyShapes;
  }

  /** The attributes that were seen of late: another object once they are forgotten. */
  get seen(): SeenAttributes {
    return this.#seen;
  }

  forgetSeen(): void {
    // Those who still have it find nothing in it.
    this.#seen.forget();
    this.#seen = new SeenAttributes(this.root);
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
    return shape && { shape, order: orderIn(keys, shape), path: 0 };
  }

  /** addShape makes the order of these attributes that of their set of keys, which had no shape. */
  addShape(copy: CopiedAttributes): PathEnd {
    const keys = keysOf(copy.normalized);
    const shape = { index: this.#shapes.length, keys, keyIds: keys.map((key) => this.#keyId(key)) };
    this.#shapes.push(shape);
    this.#shapesByKeySet.set(keySetOf(keys), shape);
    return { shape, order: undefined, path: 0 };
  }

  /** learnOrder makes a path of the order of keys that a caller used. */
  learnOrder(copy: CopiedAttributes): void {
    const { asGiven } = copy;
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
      step = step.after(key) ?? step.extend(key, saltOf(this.#steps++));
    }
    step.shape = end.shape;
    step.order = end.order;
    step.path = this.#orders;
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

/** An odd number with many bits, another one for each step, and no simple multiple of those of others. */
function saltOf(step: number): number {
  const multiple = Math.imul(step + 1, 0x9e3779b1);
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
