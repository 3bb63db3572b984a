import { deepStrictEqual } from 'node:assert';
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { succeeded, success } from './result.ts';

it.each([
  ['a value', success({ a: 1 }), { ok: true, value: { a: 1 } }],
  ['none', succeeded, { ok: true, value: undefined }],
] as const)('a success with %s is a plain object, and looks like one', (_, result, plain) => {
  deepStrictEqual(result, plain);
  expect(inspect(result)).toBe(inspect(plain));
  expect(Object.keys(result)).toEqual(['ok', 'value']);
});
