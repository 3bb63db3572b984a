import { expect, test } from 'vitest';
import { rows } from './list-rows.ts';

test('every row has an id and a title of its own', () => {
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  expect(new Set(rows.map(({ title }) => title)).size).toBe(rows.length);
});
