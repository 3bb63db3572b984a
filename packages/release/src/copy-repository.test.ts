import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { copyRepository } from './copy-repository.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'copy-repository-'));
});

afterEach(() => rm(folder, { recursive: true }));

it('copies files as they are, changed and new ones, and none that is ignored or gone', async () => {
  const [from, to] = [join(folder, 'from'), join(folder, 'to')];
  const git = (...parameters: string[]): void => {
    const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
    execFileSync('git', ['-C', from, ...identity, ...parameters], { stdio: 'ignore' });
  };
  execFileSync('git', ['init', '--quiet', from]);
  for (const name of ['kept', 'changed', 'gone']) writeFileSync(join(from, name), 'one');
  writeFileSync(join(from, '.gitignore'), 'ignored\n');
  git('add', '--all');
  git('commit', '--message', 'all');
  for (const name of ['changed', 'new', 'ignored']) writeFileSync(join(from, name), 'two');
  await unlink(join(from, 'gone'));

  copyRepository(from, to);

  expect(globSync('*', { cwd: to }).toSorted()).toEqual(['changed', 'kept', 'new']);
  expect(readFileSync(join(to, 'changed'), 'utf8')).toBe('two');
});
