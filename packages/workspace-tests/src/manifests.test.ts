import { describe, expect, it } from 'vitest';
import { listFiles, publicPackages, readPackages, readText } from './workspace.ts';

it('looks at every public package', () => {
  expect(publicPackages.length).toBeGreaterThanOrEqual(5);
});

describe.each(publicPackages)('$manifest.name', ({ folder, manifest }) => {
  it('says what it is, how it is licensed, and where it runs', () => {
    expect(manifest).toMatchObject({
      name: expect.stringMatching(/^@pqcnet\/telemetry(-[a-z-]+)?$/),
      description: expect.stringMatching(/.{20}/),
      license: 'Apache-2.0',
      type: 'module',
      sideEffects: false,
      engines: { node: '>=22.19' },
      publishConfig: { access: 'public', provenance: true },
    });
  });

  it('has a README that begins with its name', () => {
    expect(readText(`${folder}/README.md`)).toMatch(new RegExp(`^# ${manifest.name}\n`));
  });

  it('exports ESM with types, and to this repository its sources', () => {
    const { exports = {}, publishConfig } = manifest;
    const published = publishConfig?.exports ?? {};
    expect(Object.keys(published)).toEqual(Object.keys(exports));
    expect(Object.keys(exports)).toContain('.');
    for (const [path, target] of Object.entries(exports)) {
      if (path.endsWith('.json')) {
        expect(target).toBe(path);
        expect(published[path]).toBe(path);
        continue;
      }
      const name = path === '.' ? 'index' : path.slice('./'.length);
      const built = { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` };
      expect(target).toEqual({ '@pqcnet/source': `./src/${name}.ts`, ...built });
      expect(Object.keys(target as object)).toEqual(['@pqcnet/source', 'types', 'default']);
      expect(published[path]).toEqual(built);
      expect(listFiles(`${folder}/src/${name}.ts`)).toHaveLength(1);
    }
  });

  it('publishes what it exports, and no tests', () => {
    expect(manifest.files).toEqual(expect.arrayContaining(['dist', 'src', '!src/**/*.test.ts']));
    if (listFiles(`${folder}/src/testing/*`).length > 0) expect(manifest.files).toContain('!src/testing');
  });

  it('runs no script when it is installed', () => {
    const scripts = Object.keys(manifest.scripts ?? {});
    expect(scripts).not.toContainEqual(expect.stringMatching(/^(pre|post)?(install|prepare|publish)$/));
  });
});

it.each(readPackages())('$folder runs its tests and checks its types', ({ manifest }) => {
  expect(manifest).toMatchObject({
    license: 'Apache-2.0',
    type: 'module',
    scripts: { test: 'vitest run', typecheck: 'tsc -p tsconfig.json' },
  });
});
