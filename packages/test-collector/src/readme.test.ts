import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { help } from './command/read-arguments.ts';

const root = `${import.meta.dirname}/..`;
/** Without the indentation, which the examples have and the README has not. */
const unindented = (text: string): string => text.replaceAll(/^ +/gm, '');

const readme = readFileSync(`${root}/README.md`, 'utf8');
const examples = readdirSync(`${root}/examples`).map((name) =>
  readFileSync(`${root}/examples/${name}`, 'utf8'),
);
const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code.trim());

test('has the README show code that runs', () => {
  expect(blocks.length).toBeGreaterThan(3);
  for (const block of blocks) {
    const runs = examples.some((example) => unindented(example).includes(unindented(block)));
    expect(runs, `no example has\n${block}`).toBe(true);
  }
});

test('has the README show the help of the command', () => {
  expect(readme).toContain(help.trim());
});
