import { mkdtemp, mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cruiseTree } from './cruise-tree.ts';
import { arrows } from './dependency-rules.ts';
import { listFiles, publicPackages, root } from './workspace.ts';

const prefix = '@pqcnet/telemetry-';

function ours(names: object): string[] {
  return Object.keys(names).filter((name) => name.startsWith('@pqcnet/'));
}

describe('this repository', { timeout: 60_000 }, () => {
  it('imports along the arrows only, and in no cycle', async () => {
    const { files, imports, violations } = await cruiseTree(root);
    expect(violations).toEqual([]);

    // Without these a tool that read nothing would pass.
    expect(files.filter((file) => file.includes('/src/'))).toEqual(
      listFiles('{packages,examples}/*/src/**/*.ts'),
    );
    expect(files.length).toBeGreaterThan(200);
    const crossings = [...imports].map((each) => each.replaceAll(/packages\/([^/]+)\/\S+/g, '$1'));
    for (const [name, allowed] of Object.entries(arrows)) {
      for (const other of allowed) expect(crossings).toContain(`${name} → ${other}`);
    }
  });

  it('has arrows for every public package', () => {
    expect(Object.keys(arrows).toSorted()).toEqual(
      publicPackages.map(({ folder }) => folder.slice('packages/'.length)).toSorted(),
    );
  });

  it.each(publicPackages)('says the same in $folder/package.json', ({ folder, manifest }) => {
    const { dependencies, peerDependencies, optionalDependencies, devDependencies } = manifest;
    const allowed = arrows[folder.slice('packages/'.length)] ?? [];
    expect(ours({ ...dependencies, ...peerDependencies, ...optionalDependencies }).toSorted()).toEqual(
      allowed.map((name) => prefix + name).toSorted(),
    );
    expect([[], [`${prefix}test-collector`]]).toContainEqual(ours(devDependencies ?? {}));
  });
});

describe('a tree that breaks a rule', () => {
  let tree: string;

  beforeEach(async () => {
    tree = await realpath(await mkdtemp(join(tmpdir(), 'dependency-rules-')));
    await write(
      'packages/core/package.json',
      JSON.stringify({ name: 'core', devDependencies: { zod: '4' } }),
    );
    await write('packages/core/src/index.ts', 'export const core = 1;');
    await write('packages/core/src/inner.ts', 'export const inner = 1;');
    await write('packages/test-collector/src/index.ts', 'export const collector = 1;');
    await write('packages/telemetry/src/index.ts', 'export const telemetry = 1;');
    for (const name of ['config', 'telemetry']) {
      await write(`packages/${name}/package.json`, JSON.stringify({ name, devDependencies: { zod: '4' } }));
    }
    await write('examples/some/src/index.ts', 'export const example = 1;');
    await write('node_modules/zod/package.json', JSON.stringify({ name: 'zod', exports: './index.js' }));
    await write('node_modules/zod/index.js', 'export const z = 1;');
  });

  afterEach(() => rm(tree, { recursive: true }));

  async function write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), text);
  }

  it.each([
    ['arrow-of-core', 'packages/core/src/a.ts', '../../telemetry/src/index.ts'],
    ['arrow-of-core', 'packages/core/src/a.ts', '../../test-collector/src/index.ts'],
    ['arrow-of-config', 'packages/config/src/a.ts', '../../core/src/index.ts'],
    ['arrow-of-test-collector', 'packages/test-collector/src/a.ts', '../../core/src/index.ts'],
    ['arrow-of-exporter-otlp-http', 'packages/exporter-otlp-http/src/a.ts', '../../telemetry/src/index.ts'],
    ['arrow-of-telemetry', 'packages/telemetry/src/a.ts', '../../test-collector/src/index.ts'],
    ['arrow-of-telemetry', 'packages/telemetry/src/a.ts', '../../../examples/some/src/index.ts'],
    ['arrow-of-the-tests-of-core', 'packages/core/src/a.test.ts', '../../telemetry/src/index.ts'],
    ['past-the-entry', 'packages/telemetry/src/a.ts', '../../core/src/inner.ts'],
    ['past-the-entry', 'examples/some/src/a.ts', '../../../packages/core/src/inner.ts'],
    ['command-in-the-library', 'packages/telemetry/src/a.ts', './command/b.ts'],
    ['tests-in-the-product', 'packages/core/src/a.ts', './testing/b.ts'],
    ['core-with-a-dependency', 'packages/core/src/a.ts', 'zod'],
    ['not-a-dependency', 'packages/telemetry/src/a.ts', 'zod'],
    ['nowhere', 'packages/core/src/a.ts', './missing.ts'],
    ['cycle', 'packages/core/src/testing/b.ts', './b2.ts'],
  ])('is found by %s: %s imports %s', async (rule, path, target) => {
    await write('packages/core/src/testing/b.ts', 'export const b = 1;');
    await write('packages/telemetry/src/command/b.ts', 'export const b = 1;');
    await write('packages/core/src/testing/b2.ts', "export * from './b.ts';");
    await write(path, `export * from '${target}';`);
    const { violations } = await cruiseTree(tree);
    expect(violations).toContainEqual(expect.stringMatching(new RegExp(`^${rule}: ${path} → `)));
  });

  it('is not one that keeps to them', async () => {
    await write('packages/telemetry/src/a.ts', "export * from '../../core/src/index.ts';");
    await write('packages/core/src/a.test.ts', "export * from '../../test-collector/src/index.ts';");
    await write('packages/core/src/b.test.ts', "export * from 'zod';");
    await write('packages/config/src/a.ts', "export * from 'zod';");
    await write('packages/core/src/c.ts', "export type { D } from './d.ts';");
    await write('packages/core/src/d.ts', "export * from './c.ts';\nexport type D = 1;");
    expect((await cruiseTree(tree)).violations).toEqual([]);
  });
});
