import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let cache: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'pqcnet-interop-cache-'));
});

afterEach(() => rm(cache, { recursive: true }));

/** Runs the command with this folder as its PATH and its cache. */
function run(): Promise<{ readonly exitCode: number | null; readonly stderr: string }> {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  return new Promise((resolve) => {
    const environment = { PATH: cache, HOME: cache, PQCNET_INTEROP_CACHE: cache };
    const child = execFile(process.execPath, [main], { env: environment }, (_error, _stdout, stderr) => {
      resolve({ exitCode: child.exitCode, stderr });
    });
  });
}

describe('the command that gets the receivers', () => {
  it('says what to install where there is no Go, and fails', async () => {
    const { exitCode, stderr } = await run();
    expect(stderr).toMatch(/no `go` on the PATH\.\nInstall Go 1\.26/);
    expect(exitCode).toBe(1);
  });

  it('shows the end of what Go says when a build fails, and leaves nothing behind', async () => {
    await writeFile(join(cache, 'go'), '#!/bin/sh\necho no space left on device >&2\nexit 7\n', {
      mode: 0o755,
    });
    const { exitCode, stderr } = await run();
    expect(stderr).toMatch(/go install ended with 7:\s+no space left on device/);
    expect(exitCode).toBe(1);
    expect(await readdir(cache)).toEqual(['go']);
  });
});
