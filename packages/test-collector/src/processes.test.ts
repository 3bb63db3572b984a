import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const source = '--conditions=@pqcnet/source';
const closeEverything = fileURLToPath(new URL('./testing/close-everything.ts', import.meta.url));
const nodeTest = fileURLToPath(new URL('../examples/counter.node-test.ts', import.meta.url));

test('leaves nothing open in a process when it closes', async () => {
  const { stdout, stderr } = await run(process.execPath, [source, closeEverything], { timeout: 20_000 });
  expect(stderr).toBe('');
  expect(stdout).toBe('closed\n');
});

test('serves node:test', async () => {
  // Without the variable of this run, which would have the inner one report to it.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout } = await run(process.execPath, [source, '--test', '--test-reporter=tap', nodeTest], {
    env,
    timeout: 20_000,
  });
  expect(stdout).toContain('# pass 1');
});
