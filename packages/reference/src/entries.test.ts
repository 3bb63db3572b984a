import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { entries } from './entries.ts';

const folder = resolve(import.meta.dirname, '..');
const reports = globSync('api/*', { cwd: folder }).map((path) => path.replaceAll('\\', '/'));

it('has a report for every way into a public package, and no other', () => {
  expect(reports.toSorted()).toEqual(entries.map(({ report }) => `api/${report}.api.md`).toSorted());
  expect(entries.length).toBeGreaterThanOrEqual(6);
});

it('describes every way into a public package in the reference', () => {
  const { entryPoints } = JSON.parse(readFileSync(join(folder, 'typedoc.json'), 'utf8')) as {
    entryPoints: readonly string[];
  };
  const built = entries.map((entry) => `../${entry.folder.slice('packages/'.length)}/${entry.declarations}`);
  const sources = built.map((path) => path.replace('/./dist/', '/src/').replace('.d.ts', '.ts'));
  expect(entryPoints.toSorted()).toEqual(sources.toSorted());
});

it.each(reports)('%s shows nothing internal', (report) => {
  expect(readFileSync(join(folder, report), 'utf8')).not.toMatch(/@internal|\b_internal\b/);
});
