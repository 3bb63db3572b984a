import { expect, test } from 'vitest';

import { readableText } from './readable-text.ts';

test.each([
  ['plain text stays', 'no such tenant: café', 'no such tenant: café'],
  ['white space is folded', ' a\r\n\tb  c ', 'a b c'],
  ['control characters are escaped', 'a\u0000b\u001b[31mred', 'a\\u{0}b\\u{1b}[31mred'],
  ['direction characters are escaped', 'a\u202eb', 'a\\u{202e}b'],
  ['lone surrogates are replaced', 'a\ud83db', 'a\ufffdb'],
  ['long text is cut', 'x'.repeat(1_000_000), `${'x'.repeat(299)}…`],
  ['characters of two code units are not cut in half', '🚀'.repeat(1000), `${'🚀'.repeat(299)}…`],
])('%s', (_title, text, expected) => {
  expect(readableText(text)).toBe(expected);
});
