import { expect, test } from 'vitest';

import { showUrl, showValue } from './show-value.ts';

test.each<[value: unknown, shown: string]>([
  ['a"b', String.raw`"a\"b"`],
  ['\u001B[31mred\n\u202E', String.raw`"\u{1b}[31mred\u{a}\u{202e}"`],
  ['x'.repeat(200), `"${'x'.repeat(80)}…"`],
  ['http://user:hush@host/path', '"http://[redacted]@host/path"'],
  [1.5, '1.5'],
  [12n, '12'],
  [Number.NaN, 'nan'],
  [true, 'true'],
  [undefined, 'nothing'],
  [null, 'null'],
  [{}, 'a table'],
  [new Date(Number.NaN), 'a date'],
  [[1, 'a', [2], {}], '[1, "a", an array, a table]'],
  [Array.from({ length: 20 }, () => 0), `[${'0, '.repeat(16)}…]`],
])('shows %o', (value, shown) => {
  expect(showValue(value)).toBe(shown);
});

test.each([
  ['http://host/path', '"http://host/path"'],
  ['http://host/?key=hush', '"http://host/?[redacted]"'],
  ['http://hush@host', '"http://[redacted]@host/"'],
  ['hush@host', '[redacted]'],
  ['http://u:/hush@host', '[redacted]'],
  ['mailto:hush@host', '[redacted]'],
])('shows the URL %s without its secrets', (url, shown) => {
  expect(showUrl(url)).toBe(shown);
});
