import { expect, test } from 'vitest';

import { parseRetryAfter } from './parse-retry-after.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');

test.each([
  ['seconds', '7', NOW + 7000],
  ['seconds with blanks around', ' 7 ', NOW + 7000],
  ['zero', '0', undefined],
  ['huge seconds are clamped to five minutes', '99999999999999999999', NOW + 300_000],
  ['a date', 'Mon, 23 Nov 2026 12:00:30 GMT', NOW + 30_000],
  ['a date far away is clamped to five minutes', 'Tue, 01 Jan 2030 00:00:00 GMT', NOW + 300_000],
  ['a date in the past', 'Mon, 23 Nov 2026 11:59:59 GMT', undefined],
  ['a negative number', '-1', undefined],
  ['a fraction', '1.5', undefined],
  ['garbage', 'soon', undefined],
  ['nothing', '', undefined],
  ['no header', undefined, undefined],
])('%s', (_title, header, expected) => {
  expect(parseRetryAfter(header, NOW)).toBe(expected);
});
