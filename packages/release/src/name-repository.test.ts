import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nameRepository } from './name-repository.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'name-repository-'));
});

afterEach(() => rm(root, { recursive: true }));

function write(name: string, manifest: object): void {
  mkdirSync(join(root, 'packages', name), { recursive: true });
  writeFileSync(join(root, 'packages', name, 'package.json'), JSON.stringify(manifest));
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
}

it('names the repository and the folder in public manifests only', () => {
  write('one', { name: 'one', version: '1.0.0' });
  write('tests', { name: 'tests', private: true });
  nameRepository(root, 'https://example.com/owner/name');
  expect(read('one')).toEqual({
    name: 'one',
    version: '1.0.0',
    repository: { type: 'git', url: 'git+https://example.com/owner/name.git', directory: 'packages/one' },
  });
  expect(read('tests')).toEqual({ name: 'tests', private: true });
});
