import { expect, test } from 'vitest';
import { readArguments } from './read-arguments.ts';

test('runs everything when nothing is said', () => {
  expect(readArguments([])).toEqual({
    json: false,
    quick: false,
    list: false,
    write: undefined,
    patterns: [],
  });
});

test('takes rows, and ignores the -- that pnpm passes on', () => {
  const options = readArguments(['--', '--quick', '--row', '^bound', '--row', 'heap', '--write', 'page.md']);
  expect(options).toMatchObject({ quick: true, patterns: [/^bound/, /heap/], write: 'page.md' });
});

test.each([['--fast'], ['--row', '('], ['--row']])('says what is wrong with %s %s', (...args) => {
  expect(readArguments(args)).toHaveProperty('problem');
});

test('knows --help', () => {
  expect(readArguments(['--help'])).toBe('help');
});
