import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { NameMap } from './name-map.ts';

/** Many of these have the same length and the same last, last but one and middle character. */
const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 3 }),
  fc.stringMatching(/^[ab]{4,6}$/),
  fc.integer({ min: 0, max: 200 }).map((i) => `ingest.accepted.${i}`),
);

it('finds what a Map finds', () => {
  fc.assert(
    fc.property(fc.array(name, { maxLength: 300, size: 'max' }), fc.array(name), (set, asked) => {
      const names = new NameMap<number>();
      const model = new Map<string, number>();
      for (const [i, each] of set.entries()) {
        names.set(each, i);
        model.set(each, i);
        expect(names.get(each)).toBe(i);
      }
      for (const each of [...set, ...asked]) {
        expect(names.get(each)).toBe(model.get(each));
        // Another string of the same characters.
        expect(names.get(` ${each}`.slice(1))).toBe(model.get(each));
      }
    }),
    { numRuns: 500 },
  );
});

it.each([[''], [undefined], [null], [5], [{}], [Symbol('name')], [['a']]])(
  'finds nothing for %o',
  (asked) => {
    const names = new NameMap<number>();
    expect(names.get(asked as string)).toBeUndefined();
    names.set('a', 1);
    expect(names.get(asked as string)).toBeUndefined();
  },
);

it('does not place all names anew when one of them is set again', () => {
  const names = new NameMap<number>();
  for (let i = 0; i < 10; i += 1) names.set(`ingest.accepted.${i}`, i);
  const made = vi.spyOn(Array, 'from');
  try {
    for (let i = 0; i < 10; i += 1) names.set(`ingest.accepted.${i}`, -i);
    expect(made).not.toHaveBeenCalled();
  } finally {
    made.mockRestore();
  }
  expect(names.get('ingest.accepted.7')).toBe(-7);
});

it.each<readonly [string, readonly string[]]>([
  ['one name', ['ingest.accepted']],
  ['numbered ones', Array.from({ length: 64 }, (_, i) => `ingest.accepted.${i}`)],
  ['those that differ before a common end', ['a', 'b', 'c', 'd'].map((each) => `http.${each}.total`)],
  ['those of different lengths', ['a', 'aa', 'aaa', 'aaaa']],
  ['many more', Array.from({ length: 1000 }, (_, i) => `queue.${i % 10}.${Math.floor(i / 10)}.depth`)],
])('finds most of %s without the Map', (_, names) => {
  const map = new NameMap<number>();
  for (const [i, each] of names.entries()) map.set(each, i);
  const looked = vi.spyOn(Map.prototype, 'get');
  let calls = 0;
  try {
    for (const each of names) map.get(each);
    calls = looked.mock.calls.length;
  } finally {
    looked.mockRestore();
  }
  expect(calls).toBeLessThanOrEqual(names.length < 100 ? 0 : names.length / 5);
});
