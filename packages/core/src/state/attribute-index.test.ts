import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AttributeValue, Attributes } from '../attributes.ts';
import { type CopiedAttributes, copyAttributes } from '../record/copy-attributes.ts';
import { AttributeIndex } from './attribute-index.ts';
import { KeyPaths } from './key-paths.ts';

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

/** Values of which many are the same at a glance, and some the same in another form. */
const value = fc.oneof(
  fc.constantFrom<AttributeValue>(
    '1',
    1,
    1n,
    true,
    false,
    0,
    -0,
    2,
    3,
    3n,
    '',
    '\ud800',
    '\ufffd',
    2 ** 31,
    0.5,
    2n ** 60n,
  ),
  fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 4, maxLength: 7 }),
);
const entries = fc.oneof(
  fc.uniqueArray(
    fc.tuple(fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', '1', 'd\ud800', 'ключ'), value),
    { selector: ([key]) => key, maxLength: 5 },
  ),
  // No glance tells these values apart.
  fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b'), fc.constantFrom('aaaa', 'abaa', 'baaa')), {
    selector: ([key]) => key,
    minLength: 2,
  }),
);

/** The same attributes as callers may have them. */
function asCallersHaveThem(pairs: readonly (readonly [string, AttributeValue])[]): Attributes[] {
  const bare = Object.create(null) as Record<string, AttributeValue>;
  // What is inherited, hidden or no string is no attribute.
  const heir = Object.create({ inherited: 1, a: 'inherited' }, { hidden: { value: 1 } }) as typeof bare;
  for (const object of [bare, heir]) {
    for (const [key, each] of pairs) {
      Object.defineProperty(object, key, { value: each, enumerable: true, configurable: true });
    }
  }
  const read = Object.create(null) as typeof bare;
  for (const [key, each] of pairs) {
    Object.defineProperty(read, key, { get: () => each, enumerable: true, configurable: true });
  }
  return [bare, heir, read, new Proxy(bare, {})];
}

it('finds the row of the same attributes and no other, in whatever order, form and object', () => {
  let addedAsRead = 0;
  const add = (index: AttributeIndex, attributes: Attributes): number => {
    if (!index.canAddAsRead(attributes)) return index.add(copyOf(attributes));
    addedAsRead += 1;
    return index.addAsRead();
  };
  fc.assert(
    fc.property(
      fc.array(fc.tuple(entries, fc.nat(3), fc.nat(1), fc.boolean(), fc.nat(9)), { maxLength: 20 }),
      (calls) => {
        const paths = new KeyPaths();
        const indexes = [0, 1].map(() => ({
          index: new AttributeIndex(paths),
          rows: new Map<string, number>(),
        }));
        for (const [pairs, kind, which, isReversed, toForget] of calls) {
          if (toForget === 0) paths.forgetSeen();
          const given = isReversed ? pairs.toReversed() : pairs;
          const attributes = asCallersHaveThem(given)[kind] as Attributes;
          const { index, rows } = indexes[which] as (typeof indexes)[number];
          const copy = copyOf(attributes);
          const identity = identityOf(copy);
          const expected = rows.get(identity) ?? -1;
          expect([expected, -1]).toContain(index.find(attributes));
          expect(index.findCopy(copy)).toBe(expected);
          if (expected < 0) rows.set(identity, add(index, attributes));
          else expect(index.canAddAsRead(attributes)).toBe(false);
          index.learn(copy);
          const added = index.pairs(index.length - 1);
          if (expected < 0) expect(identityOf({ asGiven: added, normalized: added })).toBe(identity);
          // So few orders and forms are all learnt; what was found once is found again in the quickest way.
          expect(index.find(attributes)).toBe(rows.get(identity));
          expect(index.find(attributes)).toBe(rows.get(identity));
        }
      },
    ),
    { numRuns: 1000 },
  );
  expect(addedAsRead).toBeGreaterThan(300);
});

it.each<readonly [string, Attributes]>([
  ['has a row', { a: 1, b: 'x' }],
  ['comes in an unknown order', { b: 'y', a: 1 }],
  ['has an unknown key', { a: 1, c: 'y' }],
  ['has no key', {}],
  ['has a bigint', { a: 1n, b: 'y' }],
  ['has −0', { a: -0, b: 'y' }],
  ['has NaN', { a: Number.NaN, b: 'y' }],
  ['has an unpaired surrogate', { a: 1, b: '\ud800' }],
  ['has what is no value', { a: 1, b: null as unknown as string }],
])('adds nothing as it was read that %s', (_, attributes) => {
  const index = indexOf({ a: 1, b: 'x' });
  expect(index.canAddAsRead({ a: 1, b: 'y' })).toBe(true);
  expect(index.canAddAsRead(attributes)).toBe(false);
});

it('finds thousands of series whose values are the same at a glance, and goes on to when some have been forgotten', () => {
  const index = new AttributeIndex();
  const sets = Array.from({ length: 10_000 }, (_, i) => ({
    chain: `chain-${i % 7}`,
    // The characters that tell these apart are the ones that no glance sees.
    account: `${String(i).padStart(5, '0')}-same-${'-'.repeat(9)}`,
    number: i % 3,
  }));
  for (const set of sets) index.add(copyOf(set));
  for (let round = 0; round < 3; round++) {
    for (const [row, set] of sets.entries()) {
      expect(index.find({ ...set })).toBe(row);
      if (row % 5 === 0) expect(index.find({ ...set, number: 3 })).toBe(-1);
    }
  }
});

it('finds all of more attributes than are known at once', () => {
  const paths = new KeyPaths();
  const indexes = Array.from({ length: 8 }, () => new AttributeIndex(paths));
  for (const [which, index] of indexes.entries()) {
    for (let i = 0; i < 5000; i++) index.add(copyOf(setOf(which, i)));
  }
  const { seen } = paths;
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 5000; i++) {
      for (const [which, index] of indexes.entries()) expect(index.find(setOf(which, i))).toBe(i);
    }
  }
  expect(paths.seen).not.toBe(seen);
  expect(indexes.map((index) => index.find(setOf(8, 0)))).toEqual(indexes.map(() => -1));
});

it('shares key paths with others, whose rows it does not find', () => {
  const paths = new KeyPaths();
  const [first, second] = [new AttributeIndex(paths), new AttributeIndex(paths)];
  first.add(copyOf({ a: 1, b: 2 }));
  expect(second.find({ a: 1, b: 2 })).toBe(-1);
  second.add(copyOf({ a: 2, b: 2 }));
  second.add(copyOf({ b: 2, a: 1 }));
  expect(first.find({ a: 2, b: 2 })).toBe(-1);
  expect(second.find({ a: 1, b: 2 })).toBe(1);
  expect(second.pairs(1)).toEqual(['a', 1, 'b', 2]);
  second.forget();
  expect(second.find({ a: 1, b: 2 })).toBe(-1);
  expect(first.find({ a: 1, b: 2 })).toBe(0);
});

function setOf(which: number, account: number): Attributes {
  return { which, account, chain: account % 7 };
}

/** What is the same for equal attributes only. */
function identityOf({ normalized }: CopiedAttributes): string {
  const pairs = Array.from({ length: normalized.length / 2 }, (_, i) => {
    const each = normalized[2 * i + 1] as AttributeValue;
    return JSON.stringify([normalized[2 * i], typeof each, String(each)]);
  });
  return pairs.toSorted().join();
}

function permutations(keys: readonly string[]): string[][] {
  if (keys.length === 0) return [[]];
  return keys.flatMap((key) =>
    permutations(keys.filter((each) => each !== key)).map((rest) => [key].concat(rest)),
  );
}
