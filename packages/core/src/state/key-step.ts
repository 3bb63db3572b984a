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

/** PathEnd is what keys in some order turn out to be. */
export interface PathEnd {
  readonly shape: Shape;
  /** By place in the shape, the place of that key in the order; `undefined` when the two are alike. */
  readonly order: Uint16Array | undefined;
  /** The number of its path, from 1 on; 0 when this order has none. */
  readonly path: number;
}

/** So many keys that follow one another are compared with, further ones are looked up. */
const mostSiblings = 4;

/** KeyStep is a place on the way through the keys of a caller's object, in the caller's order. */
export class KeyStep {
  /** The key that leads here. */
  readonly key: string;
  /** What tells glances at the values that lead here from those at others. */
  readonly salt: number;
  /** The number of the path that ends here, from 1 on; 0 when none does. */
  path = 0;
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
