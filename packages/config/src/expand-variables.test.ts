import { expect, test } from 'vitest';

import { expandVariables } from './expand-variables.ts';

const environment = { A: 'one', NESTED: '${env:A}', BLANK: ' ', B_2: 'two' };

test.each<[text: string, expanded: string]>([
  ['plain $ text', 'plain $ text'],
  ['${env:A}', 'one'],
  ['Bearer ${env:A}${env:B_2}!', 'Bearer onetwo!'],
  ['${env:NESTED}', '${env:A}'],
  ['$${env:A}', '${env:A}'],
  ['$$ $5 {x}', '$$ $5 {x}'],
])('expands %j', (text, expanded) => {
  expect(expandVariables(text, environment)).toMatchObject({ ok: true, text: expanded });
});

const form = 'a reference written ${env:NAME}, or $${ for a literal ${';

test.each<[text: string, expected: string]>([
  ['${env:MISSING}', 'the environment variable MISSING to be set: it is missing or empty'],
  ['${env:BLANK}', 'the environment variable BLANK to be set: it is missing or empty'],
  ['${env:toString}', 'the environment variable toString to be set: it is missing or empty'],
  ['${env:__proto__}', 'the environment variable __proto__ to be set: it is missing or empty'],
  ['${A}', form],
  ['${env:}', form],
  ['${env:A B}', form],
  ['${env:A', form],
  ['${', form],
  ['${x}${env:MISSING}', `${form}; the environment variable MISSING to be set: it is missing or empty`],
])('does not expand %j', (text, expected) => {
  expect(expandVariables(text, environment)).toEqual({ ok: false, expected });
});
