import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

async function runExample(file: string): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, [
    '--conditions=@pqcnet/source',
    join(import.meta.dirname, file),
  ]);
  expect(stderr).toBe('');
  return stdout;
}

it('hashes files in workers, and every file reaches the collector', async () => {
  const lines = (await runExample('main.ts')).trimEnd().split('\n');
  const [, total] = /^collector: (\d+) files, \d+ bytes$/.exec(lines.at(-1) ?? '') ?? [];
  const perWorker = lines.slice(0, -1).map((line) => {
    const [, files, timed] = /^worker \d: (\d+) files, (\d+) timed, slowest \d+\.\d\d ms$/.exec(line) ?? [];
    expect(timed).toBe(files);
    return Number(files);
  });
  expect(perWorker.length).toBe(4);
  expect(perWorker.reduce((sum, files) => sum + files, 0)).toBe(Number(total));
  expect(Number(total)).toBeGreaterThan(100);
});

it('has each process of a cluster be an instance of its own, and the collector add up', async () => {
  expect(await runExample('cluster.ts')).toBe('3 instances, 300 requests\n');
});
