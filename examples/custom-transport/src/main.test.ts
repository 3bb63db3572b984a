import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

it('sends a flush whose signature is right', { timeout: 30_000 }, async () => {
  const main = join(import.meta.dirname, 'main.ts');
  const { stdout, stderr } = await run(process.execPath, ['--conditions=@pqcnet/source', main]);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^\d+ bytes, x-body-signature is right\n$/);
});
