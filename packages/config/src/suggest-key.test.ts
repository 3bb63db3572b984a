import fc from 'fast-check';
import { expect, test } from 'vitest';

import { editDistance, suggestKey } from './suggest-key.ts';

const keys = ['endpoint', 'flush-interval-ms', 'timeout-ms', 'tls', 'labels', 'headers', 'unit', 'bounds'];

test.each<[unknown: string, nearest: string | undefined]>([
  ['endpiont', 'endpoint'],
  ['end-point', 'endpoint'],
  ['Endpoint', 'endpoint'],
  ['flushIntervalMs', 'flush-interval-ms'],
  ['flush-interval', 'flush-interval-ms'],
  ['timeout', 'timeout-ms'],
  ['tsl', 'tls'],
  ['tl', 'tls'],
  ['label', 'labels'],
  ['units', 'unit'],
  ['x', undefined],
  ['', undefined],
  ['something-else', undefined],
  ['endpoint'.repeat(1000), undefined],
])('suggests for %s: %s', (unknown, nearest) => {
  expect(suggestKey(unknown, keys)).toBe(nearest);
});

test('suggests the nearest of several, and the first of those', () => {
  expect(suggestKey('units', ['unitxx', 'unit', 'units1x', 'unite'])).toBe('unit');
});

test.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['abc', '', 3],
  ['abc', 'abd', 1],
  ['abc', 'acb', 1],
  ['kitten', 'sitting', 3],
])('counts the edits from %j to %j', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
});

test('counts the same edits there and back, and never more than letters', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      expect(editDistance(a, b) === 0).toBe(a === b);
    }),
  );
});
