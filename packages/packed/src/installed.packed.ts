import { globSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customExporterPackage, programWithIt } from './custom-exporter-package.ts';
import {
  asCommonJs,
  installWithNpm,
  installWithPnpm,
  makeProject,
  packAll,
  readQuickStart,
  run,
  write,
  type Finished,
} from './project.ts';
import {
  bunRuntime,
  compiler,
  denoRuntime,
  installTools,
  nodeRuntimes,
  tooOldNode,
  type Runtime,
} from './runtimes.ts';

// What strangers do: install the packages into a project of their own, and run there what README says.

const ours = ['telemetry', 'telemetry-config', 'telemetry-core', 'telemetry-exporter-otlp-http'];
const { program, configuration } = readQuickStart();
// A transport that goes without undici, which takes no more than README's own way to swap one.
const withFetch = program
  .replace('loadConfig }', 'fetchTransport, loadConfig }')
  .replace("('telemetry.toml'))", "('telemetry.toml'), { transport: fetchTransport() })");
const synchronous = `
  import { TelemetryHandle } from '@pqcnet/telemetry';
  const telemetry = TelemetryHandle.fromConfig({ flushIntervalMs: 500 });
  telemetry.recordCounter('ingest.success', 1, { chain: 'base' });
  console.log(telemetry.flushSync({ timeoutMs: 60_000 })?.ok);
`;

const tools = installTools();
const pinned: Runtime = { title: 'the pinned Node', command: process.execPath, arguments: [] };
let folder: string;
let npm: string;
let tarballs: ReadonlyMap<string, string>;

function tarball(name: string): string {
  return tarballs.get(`@pqcnet/${name}`) ?? '';
}

function writePrograms(project: string): void {
  write(project, 'telemetry.toml', configuration);
  write(project, 'quick-start.mjs', program);
  write(project, 'quick-start.cjs', asCommonJs(program));
  write(project, 'with-fetch.mjs', withFetch);
  write(project, 'synchronous.mjs', synchronous);
}

/** Runs a program against a collector of its own, which must get one counter of 1. */
async function deliver(runtime: Runtime, project: string, file: string): Promise<Finished> {
  await using collector = await TestCollector.start();
  const finished = await run(runtime, {
    project,
    arguments: [file],
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, TELEMETRY_TOML: 'telemetry.toml' },
  });
  expect(finished).toMatchObject({ status: 0, stderr: '' });
  expect(collector.sum('ingest.success', { chain: 'base' })).toBe(1n);
  return finished;
}

function importOf(name: string): string {
  const local = name.replaceAll('-', '_');
  return `import * as ${local} from '@pqcnet/${name}';\nexport { ${local} };\n`;
}

function settings(module: string, resolution: string): string {
  return JSON.stringify({
    compilerOptions: {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      target: 'es2022',
      // What is not said here is what TypeScript takes by itself; declarations are checked, too.
      skipLibCheck: false,
      types: ['node'],
      module,
      moduleResolution: resolution,
    },
    files: ['quick-start.ts', 'custom-exporter.ts', 'all.ts'],
  });
}

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'installed-')));
  tarballs = packAll(join(folder, 'tarballs'));
  npm = makeProject(join(folder, 'npm'), { type: 'module' });
  installWithNpm(npm, ours.map(tarball));
  writePrograms(npm);
});

afterAll(() => rm(folder, { recursive: true }));

describe('installed with npm', () => {
  it('is at most ten packages and 10 MB', () => {
    const manifests = globSync('node_modules/{*,@*/*}/package.json', { cwd: npm });
    const names = manifests.map(
      (path) => (JSON.parse(readFileSync(join(npm, path), 'utf8')) as { name: string }).name,
    );
    expect(names.toSorted()).toEqual([...ours.map((name) => `@pqcnet/${name}`), 'smol-toml', 'undici']);
    const bytes = globSync('node_modules/**/*', { cwd: npm })
      .map((path) => lstatSync(join(npm, path)))
      .reduce((sum, file) => (file.isFile() ? sum + file.size : sum), 0);
    console.log(`${names.length} packages, ${(bytes / 1e6).toFixed(2)} MB`);
    expect(bytes).toBeLessThan(5_000_000);
  });

  it('runs no script', () => {
    const manifests = globSync('node_modules/{*,@*/*}/package.json', { cwd: npm });
    for (const path of manifests) {
      const { scripts = {} } = JSON.parse(readFileSync(join(npm, path), 'utf8')) as { scripts?: object };
      for (const name of ['preinstall', 'install', 'postinstall']) expect(scripts).not.toHaveProperty(name);
    }
  });

  describe.each(nodeRuntimes(tools))('on $title', (runtime) => {
    it.each(['quick-start.mjs', 'quick-start.cjs'])('runs the quick start: %s', async (file) => {
      expect(await deliver(runtime, npm, file)).toMatchObject({ stdout: '1n\n' });
    });

    it('sends synchronously', async () => {
      expect(await deliver(runtime, npm, 'synchronous.mjs')).toMatchObject({ stdout: 'true\n' });
    });

    it('sends with fetch', async () => {
      expect(await deliver(runtime, npm, 'with-fetch.mjs')).toMatchObject({ stdout: '1n\n' });
    });
  });

  it('says at set-up that a Node is too old', async () => {
    const { status, stderr } = await run(tooOldNode(tools), { project: npm, arguments: ['quick-start.mjs'] });
    expect(status).not.toBe(0);
    expect(stderr).toContain("Node 20.20.2 can't run @pqcnet/telemetry, expected 22.19 or newer.");
  });

  it('sends with fetch on Bun', async () => {
    expect(await deliver(bunRuntime(tools), npm, 'with-fetch.mjs')).toMatchObject({ stdout: '1n\n' });
  });

  it('says at set-up what to do on Bun, whose undici is another', async () => {
    const { status, stderr } = await run(bunRuntime(tools), { project: npm, arguments: ['quick-start.mjs'] });
    expect(status).not.toBe(0);
    expect(stderr).toContain('undiciTransport does not run on Bun: use fetchTransport() as the transport');
  });

  it.each(['quick-start.mjs', 'with-fetch.mjs'])('runs on Deno: %s', async (file) => {
    expect(await deliver(denoRuntime(tools), npm, file)).toMatchObject({ stdout: '1n\n' });
  });

  it('has a command', async () => {
    const command = join(npm, 'node_modules/@pqcnet/telemetry/bin/pqcnet-telemetry.js');
    await using collector = await TestCollector.start();
    const finished = await run(pinned, {
      project: npm,
      arguments: [command, 'check', 'telemetry.toml'],
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    });
    expect(finished).toMatchObject({ status: 0 });
    expect(collector.requests.length).toBeGreaterThan(0);
  });
});

describe('installed with pnpm, where a package sees only what it depends on', () => {
  let project: string;

  beforeAll(() => {
    project = makeProject(join(folder, 'pnpm'), {
      type: 'module',
      dependencies: { '@pqcnet/telemetry': `file:${tarball('telemetry')}` },
    });
    installWithPnpm(project, new Map(ours.map((name) => [`@pqcnet/${name}`, tarball(name)])));
    writePrograms(project);
  });

  it.each(['quick-start.mjs', 'quick-start.cjs'])('runs the quick start: %s', async (file) => {
    expect(await deliver(pinned, project, file)).toMatchObject({ stdout: '1n\n' });
  });

  it('sends synchronously', async () => {
    expect(await deliver(pinned, project, 'synchronous.mjs')).toMatchObject({ stdout: 'true\n' });
  });
});

describe('in a TypeScript project', () => {
  let project: string;

  beforeAll(() => {
    project = makeProject(join(folder, 'typescript'), { type: 'module' });
    mkdirSync(join(project, 'print-exporter'));
    for (const [path, text] of Object.entries(customExporterPackage)) {
      write(join(project, 'print-exporter'), path, text);
    }
    const all = [...ours, 'telemetry-test-collector'].map(tarball);
    installWithNpm(project, [...all, './print-exporter', '@types/node@22']);
    writePrograms(project);
    write(project, 'quick-start.ts', program);
    write(project, 'custom-exporter.ts', programWithIt);
    write(project, 'all.ts', [...ours, 'telemetry-test-collector'].map(importOf).join(''));
  });

  it.each(
    (['5.9', '6.0', '7.0'] as const).flatMap((version) => [
      { version, module: 'nodenext', resolution: 'nodenext' },
      { version, module: 'esnext', resolution: 'bundler' },
    ]),
  )('compiles with TypeScript $version, $resolution', async ({ version, module, resolution }) => {
    const file = `tsconfig.${version}.${resolution}.json`;
    write(project, file, settings(module, resolution));
    const finished = await run(pinned, { project, arguments: [compiler(tools, version), '-p', file] });
    expect(finished).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('finds a wrong use', async () => {
    write(project, 'wrong.ts', program.replace(`1, { chain: 'base' }`, `'1', { chain: 'base' }`));
    const wrong = settings('nodenext', 'nodenext').replace('"quick-start.ts"', '"wrong.ts"');
    write(project, 'tsconfig.wrong.json', wrong);
    const { status, stdout } = await run(pinned, {
      project,
      arguments: [compiler(tools, '5.9'), '-p', 'tsconfig.wrong.json'],
    });
    expect(status).not.toBe(0);
    expect(stdout).toMatch(/^wrong\.ts\(\d+,\d+\): error TS2345: /);
  });

  it("swaps in an exporter of somebody else's package", async () => {
    const finished = await run(pinned, { project, arguments: ['custom-exporter.ts'] });
    expect(finished).toMatchObject({ status: 0, stderr: '' });
    expect(finished.stdout).toMatch(/^same classes true\nexported ingest\.success=2\nflushed true\n/);
  });
});
