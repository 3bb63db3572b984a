import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listTarball, packInto, publicPackages, readFromTarball, root } from './pack.ts';

/** What is in a tarball besides the sources, their declarations, and what every package has. */
const others: Readonly<Record<string, readonly string[]>> = {
  '@pqcnet/telemetry-core': ['dist/index.js', 'dist/index.js.map'],
  '@pqcnet/telemetry-config': [
    'dist/LICENSE-zod',
    'dist/index.js',
    'dist/index.js.map',
    'telemetry.schema.json',
  ],
  '@pqcnet/telemetry-exporter-otlp-http': [
    'dist/collect-body.js',
    'dist/collect-body.js.map',
    'dist/compress-body.js',
    'dist/compress-body.js.map',
    'dist/index.js',
    'dist/index.js.map',
    'dist/post-from-stdin.js',
    'dist/post-from-stdin.js.map',
    'dist/send-over-connection.js',
    'dist/send-over-connection.js.map',
  ],
  '@pqcnet/telemetry': [
    'bin/pqcnet-telemetry.js',
    'dist/command/main.js',
    'dist/command/main.js.map',
    'dist/index.js',
    'dist/index.js.map',
    'dist/telemetry.schema.json',
  ],
  '@pqcnet/telemetry-test-collector': ['bin/telemetry-test-collector.js'],
};

/** Sources that nothing of a package is built from: they write its documents. */
const withoutDeclarations = new Set(['src/generate-json-schema.ts', 'src/generate-reference.ts']);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packed-'));
});

afterAll(() => rm(folder, { recursive: true }));

it('knows every public package', () => {
  expect(publicPackages.map(({ name }) => name).toSorted()).toEqual(Object.keys(others).toSorted());
});

describe.each(publicPackages)('the tarball of $name', (packed) => {
  let tarball: string;

  beforeAll(() => {
    tarball = packInto(folder, packed);
  });

  it('holds what it should, and nothing else', () => {
    const sources = globSync('src/**/*.ts', { cwd: join(root, packed.folder) })
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => !path.endsWith('.test.ts') && !path.startsWith('src/testing/'));
    const declarations = sources
      .filter((path) => !withoutDeclarations.has(path))
      .map((path) => path.replace(/^src\/(.*)\.ts$/, 'dist/$1.d.ts'));
    // The collector for tests is not bundled: each source has a file.
    const plain = packed.name.endsWith('test-collector')
      ? declarations.map((path) => path.replace(/\.d\.ts$/, '.js'))
      : [];
    expect(listTarball(tarball)).toEqual(
      [
        'LICENSE',
        'README.md',
        'package.json',
        ...sources,
        ...[...declarations, ...plain].flatMap((path) => [path, `${path}.map`]),
        ...(others[packed.name] ?? []),
      ].toSorted(),
    );
  });

  it('runs no script when it is installed, nor does what it depends on, by ranges of versions', () => {
    const manifest = JSON.parse(readFromTarball(tarball, 'package.json')) as {
      scripts?: Record<string, string>;
      dependencies?: Record<string, string>;
    };
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) {
      expect(manifest.scripts ?? {}).not.toHaveProperty(name);
    }
    for (const [name, range] of Object.entries(manifest.dependencies ?? {})) {
      expect(range).toMatch(/^\^\d+\.\d+\.\d+$/);
      const installed = join(root, packed.folder, 'node_modules', name, 'package.json');
      const { scripts = {} } = JSON.parse(readFileSync(installed, 'utf8')) as { scripts?: object };
      for (const script of ['preinstall', 'install', 'postinstall'])
        expect(scripts).not.toHaveProperty(script);
    }
  });

  it('names no source condition, which only this repository can follow', () => {
    const { exports } = JSON.parse(readFromTarball(tarball, 'package.json')) as { exports: unknown };
    expect(JSON.stringify(exports)).toContain('./dist/index.js');
    expect(JSON.stringify(exports)).not.toContain('@pqcnet/source');
  });
});
