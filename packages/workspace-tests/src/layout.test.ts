import { describe, expect, it } from 'vitest';
import { listFiles, publicPackages, readPackages, readText } from './workspace.ts';

const folders = readPackages().map(({ folder }) => folder);

describe('CONTRIBUTING.md', () => {
  it('names every package in its layout', () => {
    const layout = /```text\n(packages\/[\s\S]*?)```/.exec(readText('CONTRIBUTING.md'))?.[1] ?? '';
    const named = [...layout.matchAll(/^ {2}([\w-]+)\/ /gm)].map(([, name]) => `packages/${name}`);
    expect(named.toSorted()).toEqual(folders.filter((folder) => folder.startsWith('packages/')));
  });
});

describe('README.md', () => {
  it.each(publicPackages)('has $manifest.name in its table', ({ folder, manifest }) => {
    expect(readText('README.md')).toContain(`| [\`${manifest.name}\`](${folder}/README.md) |`);
  });

  it('leads to every page for users and every example', () => {
    const readme = readText('README.md');
    const pages = [...listFiles('docs/*.md'), ...folders.filter((folder) => folder.startsWith('examples/'))];
    expect(pages.length).toBeGreaterThan(8);
    expect(pages.filter((page) => !readme.includes(`](${page})`))).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  it('names only files that are there', () => {
    const sources = listFiles('packages/*/src/**/*.ts');
    const named = [...readText('docs/architecture.md').matchAll(/`([\w/-]+\.ts)`/g)].map(
      ([, file = '']) => file,
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((file) => !sources.some((source) => `/${source}`.endsWith(`/${file}`)))).toEqual([]);
  });
});
