import { inspect } from 'node:util';

import { expect, test } from 'vitest';

import { ConfigError } from './config-error.ts';

const problem = {
  path: 'telemetry.timeout-ms',
  line: 3,
  column: 1,
  found: '"x"',
  expected: 'a number',
  suggestion: undefined,
};

test('writes one paragraph for each problem, the place first', () => {
  const problems = [problem, { ...problem, path: '', line: undefined, column: undefined, found: undefined }];
  expect(new ConfigError('CONFIG_INVALID', { problems, file: 'telemetry.toml' }).message).toBe(
    [
      '2 problems in telemetry.toml',
      '',
      '  telemetry.toml:3:1  telemetry.timeout-ms',
      '    found     "x"',
      '    expected  a number',
      '',
      '    expected  a number',
    ].join('\n'),
  );
});

test('names lines without a file', () => {
  const error = new ConfigError('CONFIG_INVALID', { problems: [problem] });
  expect(error.message).toContain('1 problem in the configuration\n\n  line 3:1  telemetry.timeout-ms\n');
});

test('wraps what is long', () => {
  const expected = Array.from({ length: 30 }, () => 'word').join(' ');
  const lines = new ConfigError('CONFIG_INVALID', { problems: [{ ...problem, expected }] }).message.split(
    '\n',
  );
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(lines.at(-1)).toMatch(/^ {14}word/);
});

test('escapes what would steer a terminal', () => {
  const error = new ConfigError('CONFIG_INVALID', { problems: [problem], file: '\u001B[31m\u202E.toml' });
  expect(error.message).toContain('\\u{1b}[31m\\u{202e}.toml');
});

test('freezes its problems, and does not print them twice', () => {
  const error = new ConfigError('CONFIG_INVALID', { problems: [problem] });
  expect([Object.isFrozen(error.problems), Object.isFrozen(error.problems[0])]).toEqual([true, true]);
  expect(inspect(error).match(/telemetry\.timeout-ms/g)).toHaveLength(1);
  expect(error).toMatchObject({ name: 'ConfigError', code: 'CONFIG_INVALID' });
  expect(Object.hasOwn(error, 'cause')).toBe(false);
});
