import { expect, it } from 'vitest';
import type { Attributes } from '../attributes.ts';
import { type CopiedAttributes, copyAttributes } from '../record/copy-attributes.ts';
import { AttributeIndex } from './attribute-index.ts';

function copyOf(attributes: Attributes): CopiedAttributes {
  const copy = copyAttributes(attributes);
  if (!copy.ok) throw copy.error;
  return copy.value;
}

function indexOf(...sets: readonly Attributes[]): AttributeIndex {
  const index = new AttributeIndex();
  for (const attributes of sets) index.add(copyOf(attributes));
  return index;
}

it('finds what was added, in the order and form that it was added in', () => {
  const sets: Attributes[] = [
    {},
    { a: 1 },
    { a: 1, b: 1 },
    { b: 1 },
    { a: '1' },
    { a: 1, b: 1, c: 1 },
    { b: 1, c: 1 },
    { a: true },
  ];
  const index = indexOf(...sets);
  expect(sets.map((attributes) => index.find({ ...attributes }))).toEqual([...sets.keys()]);
  expect(index.find({ c: 1 })).toBe(-1);
  expect(index.find({ a: 2 })).toBe(-1);
  expect(index.find({ a: 1, c: 1 })).toBe(-1);
});

it('finds a copy in any order and form, and the caller’s own once it has learnt it', () => {
  const index = indexOf({ a: 1, b: '\ufffd' }, { a: 2, b: 'x' });
  const other = { b: '\ud800', a: 1n };
  expect(index.find(other)).toBe(-1);
  expect(index.findCopy(copyOf(other))).toBe(0);
  index.learn(copyOf(other));
  expect(index.find(other)).toBe(0);
  expect(index.find({ b: 'x', a: 2 })).toBe(1);
});

it('gives the attributes of a row in the order in which their keys came first', () => {
  const index = indexOf({ b: 1, a: 2 }, { a: 3, b: 4 }, { 'a,b': 5 });
  expect(index.pairs(0)).toEqual(['b', 1, 'a', 2]);
  expect(index.pairs(1)).toEqual(['b', 4, 'a', 3]);
  expect(index.pairs(2)).toEqual(['a,b', 5]);
});

it('is not misled by an object that searches while it is read', () => {
  const index = indexOf({ a: 1, b: 1 }, { a: 2, b: 1 });
  const searching = {
    a: 1,
    get b(): number {
      index.find({ a: 2, b: 1 });
      return 1;
    },
  };
  expect([-1, 0]).toContain(index.find(searching));
  expect(index.findCopy(copyOf(searching))).toBe(0);
});

it('finds more keys than it learns', () => {
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`key ${i}`, i]));
  const index = indexOf({ a: 1 }, many);
  expect(index.findCopy(copyOf(Object.fromEntries(Object.entries(many).toReversed())))).toBe(1);
  expect(index.findCopy(copyOf({ ...many, 'key 7': 8 }))).toBe(-1);
});

it('learns a bounded number of orders, and finds nothing more once it forgets', () => {
  const index = indexOf({ a: 1, b: 2, c: 3, d: 4, e: 5 });
  const orders = permutations(['a', 'b', 'c', 'd', 'e']);
  const objects = orders.map((keys) => Object.fromEntries(keys.map((key) => [key, key.charCodeAt(0) - 96])));
  for (const object of objects) index.learn(copyOf(object));
  const known = objects.filter((object) => index.find(object) === 0);
  expect(known.length).toBeGreaterThan(10);
  expect(known.length).toBeLessThan(30);
  expect(objects.every((object) => index.findCopy(copyOf(object)) === 0)).toBe(true);
  index.forget();
  expect(index.find({ a: 1, b: 2, c: 3, d: 4, e: 5 })).toBe(-1);
  expect(index.findCopy(copyOf({ a: 1, b: 2, c: 3, d: 4, e: 5 }))).toBe(0);
});

function permutations(keys: readonly string[]): string[][] {
  if (keys.length === 0) return [[]];
  return keys.flatMap((key) =>
    permutations(keys.filter((each) => each !== key)).map((rest) => [key].concat(rest)),
  );
}
