import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';

const run = promisify(execFile);
const main = join(import.meta.dirname, 'main.ts');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'custom-exporter-'));
});

afterEach(() => rm(folder, { recursive: true }));

it('leaves the totals of what it really did in the last line', { timeout: 30_000 }, async () => {
  const path = join(folder, 'metrics.jsonl');
  const { stdout, stderr } = await run(process.execPath, ['--conditions=@pqcnet/source', main, path]);
  expect(stderr).toBe('');
  const sizes = (await readdir(import.meta.dirname)).map((name) => stat(join(import.meta.dirname, name)));
  const bytes = (await Promise.all(sizes)).reduce((sum, { size }) => sum + size, 0);
  expect(stdout).toBe(`${bytes} bytes hashed; the lines are in ${path}\n`);
  const lastLine = (await readFile(path, 'utf8')).trimEnd().split('\n').at(-1) ?? '';
  expect(JSON.parse(lastLine)).toHaveProperty(
    'resourceMetrics.0.scopeMetrics.0.metrics',
    expect.arrayContaining([
      expect.objectContaining({
        name: 'hash.bytes',
        sum: expect.objectContaining({
          dataPoints: [expect.objectContaining({ asInt: String(bytes) })],
        }),
      }),
    ]),
  );
});

it('ends with the error and exit code 1 when it can not write', { timeout: 30_000 }, async () => {
  await expect(run(process.execPath, ['--conditions=@pqcnet/source', main, folder])).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^The flush failed \(FILE_FAILED\): .*EISDIR.* The data are kept\.$/m),
  });
});
