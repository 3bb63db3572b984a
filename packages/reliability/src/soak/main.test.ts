import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { readOptions, usage } from './read-options.ts';

const run = promisify(execFile);
const main = fileURLToPath(new URL('main.ts', import.meta.url));

it.each(['cumulative', 'delta'])('adds up %s windows to the last one', async (temporality) => {
  const soak = ['--minutes', '0.05', '--series', '500', '--seed', '7', '--temporality', temporality];
  const nodeOptions = ['--conditions=@pqcnet/source', '--expose-gc'];
  // So short a time says nothing about the heap: the exit code may be 1 for that.
  const { stdout } = await run(process.execPath, [...nodeOptions, main, ...soak]).catch(
    (error: { readonly stdout: string }) => error,
  );
  const wrong = stdout.split('\n').filter((line) => line.includes('WRONG') && !line.includes('verdict'));
  expect(wrong.filter((line) => !line.includes('heap after collections just after deliveries'))).toEqual([]);
  expect(stdout).toMatch(/recorded \d+ = accepted \d+ \+ pending \d+/);
  expect(stdout).toMatch(/^good {2}sums: the collector has [1-9]\d*/m);
  expect(stdout).toContain('verdict:');
});

it('explains itself', async () => {
  const { stdout } = await run(process.execPath, ['--conditions=@pqcnet/source', main, '--help']);
  expect(stdout).toBe(usage);
});

it.each([
  ['--minutes', 'x'],
  ['--minutes', '0'],
  ['--temporality', 'both'],
  ['--series', '1'],
  ['--sereis', '1'],
])('refuses %s %s', (...args) => {
  expect(readOptions(args, () => 0)).toHaveProperty('wrong', expect.stringContaining(args[0] ?? ''));
});
