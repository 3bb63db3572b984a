import { expect, test } from 'vitest';
import { makeRandom, shuffle } from './shuffle.ts';

test('keeps every element', () => {
  const elements = Array.from({ length: 50 }, (_, i) => i);
  const shuffled = shuffle([...elements], makeRandom(1));
  expect(shuffled).not.toEqual(elements);
  expect(shuffled.toSorted((a, b) => a - b)).toEqual(elements);
});

test('is the same again for the same seed', () => {
  const elements = [1, 2, 3, 4, 5, 6, 7, 8];
  expect(shuffle([...elements], makeRandom(3))).toEqual(shuffle([...elements], makeRandom(3)));
});
