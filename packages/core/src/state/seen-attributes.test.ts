import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AttributeValue, Attributes } from '../attributes.ts';
import { copyAttributes } from '../record/copy-attributes.ts';
import { KeyPaths } from './key-paths.ts';
import { type SeenAttributes, noPathEnd, notSeen } from './seen-attributes.ts';

/** Key paths that know the order in which keys are written. */
function pathsOf(...sets: readonly Attributes[]): KeyPaths {
  const paths = new KeyPaths();
  for (const attributes of sets) {
    const copy = copyAttributes(attributes);
    if (!copy.ok) throw copy.error;
    if (paths.end(copy.value) === undefined) paths.addShape(copy.value);
    paths.learnOrder(copy.value);
  }
  return paths;
}

/** The number of attributes, given if they have none. */
function numberOf(seen: SeenAttributes, attributes: Attributes): number {
  const number = seen.find(attributes);
  return number === notSeen ? seen.add() : number;
}

// Many look the same at a glance.
const value = fc.oneof(
  fc.constantFrom<AttributeValue>('1', 1, 1n, true, false, 2, '', 0.5, '\ud800', 2n ** 60n),
  fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 3, maxLength: 6 }),
);
const attributes = fc
  .tuple(fc.constantFrom('', 'a', 'b', 'ab', 'ba', 'abc'), fc.tuple(value, value, value))
  .map(([keys, values]) =>
    Object.fromEntries(Array.from(keys, (key, i) => [key, values[i] as AttributeValue])),
  );
const written = [{}, { a: 1 }, { b: 1 }, { a: 1, b: 1 }, { b: 1, a: 1 }, { a: 1, b: 1, c: 1 }];

it('gives the same number for attributes that are written the same, and for no others', () => {
  fc.assert(
    fc.property(fc.array(fc.option(attributes, { freq: 40 }), { maxLength: 200 }), (calls) => {
      const { seen } = pathsOf(...written);
      const numbers = new Map<string, number>();
      for (const each of calls) {
        if (each === null) {
          seen.forget();
          numbers.clear();
          continue;
        }
        const identity = JSON.stringify(
          Object.entries(each).map(([key, one]) => [key, typeof one, String(one)]),
        );
        const expected = numbers.get(identity) ?? notSeen;
        expect(seen.find({ ...each })).toBe(expected);
        const number = numberOf(seen, { ...each });
        if (expected !== notSeen) expect(number).toBe(expected);
        // Where too many look the same, some have none.
        else if (number >= 0) {
          expect([...numbers.values()]).not.toContain(number);
          numbers.set(identity, number);
        }
        if (number >= 0)
          expect(seen.endOf(number).shape.keys.toSorted()).toEqual(Object.keys(each).toSorted());
      }
    }),
    { numRuns: 500 },
  );
});

it('finds nearly all of thousands again, up to as many as it has room for', () => {
  const { seen } = pathsOf({ account: 0, chain: '' });
  const sets = Array.from({ length: 40_000 }, (_, i) => ({ account: 3 * i, chain: `chain-${i % 7}` }));
  const numbers: number[] = [];
  for (const set of sets) if (!seen.isFull) numbers.push(numberOf(seen, set));
  expect(numbers.length).toBeGreaterThan(10_000);
  expect(numbers.length).toBeLessThan(sets.length);
  expect(numbers.filter((number) => number >= 0).length).toBeGreaterThan(0.9 * numbers.length);
  for (const [i, number] of numbers.entries()) {
    if (number >= 0) expect([number, notSeen]).toContain(seen.find({ ...sets[i] }));
  }
});

it('tells apart which attributes have no number, and which can have none', () => {
  const { seen } = pathsOf({ a: 1 }, { a: 1, b: 1 });
  expect(seen.find({ a: 7 })).toBe(notSeen);
  expect(seen.endOf(notSeen).shape.keys).toEqual(['a']);
  expect(seen.wanted[0]).toBe(7);
  expect(seen.find({ c: 7 })).toBe(noPathEnd);
  expect(seen.find({ b: 7, a: 7 })).toBe(noPathEnd);
  expect(seen.find({ a: null } as unknown as Attributes)).toBe(noPathEnd);
});

it('gives no number for an object that is looked for while it is read', () => {
  const { seen } = pathsOf({ a: 1, b: 1 });
  expect(numberOf(seen, { a: 2, b: 2 })).toBe(0);
  const searching = {
    a: 1,
    get b(): number {
      seen.find({ a: 2, b: 2 });
      return 2;
    },
  };
  expect(seen.find(searching)).toBe(noPathEnd);
  expect(seen.find({ a: 2, b: 2 })).toBe(0);
});

it('numbers so many of the same look, and then no more', () => {
  const { seen } = pathsOf({ a: '' });
  // The middle and the last two characters are the same.
  const alike = Array.from({ length: 100 }, (_, i) => ({
    a: `${String(i).padStart(3, '0')}${'-'.repeat(9)}`,
  }));
  const numbers = alike.map((set) => numberOf(seen, set));
  expect(numbers.filter((number) => number >= 0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(numbers.at(-1)).toBe(-1);
});
