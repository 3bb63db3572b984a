import { execFile } from 'node:child_process';
import { devNull } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

test.each([
  { args: ['--row', '^no-such-row$'], said: /^No row has such an id/ },
  { args: ['--row', '^import', '--write', 'no-such-page.md'], said: /no-such-page\.md: ENOENT/ },
  // Empty, and nothing is lost should it be written to.
  { args: ['--row', '^import', '--write', devNull], said: /expected the marks/ },
])('runs nothing with $args', async ({ args, said }) => {
  const run = promisify(execFile)(process.execPath, [main, ...args]);
  await expect(run).rejects.toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(said) });
});
