import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packInto, publicPackages, root, runPnpm } from './pack.ts';
import type { Runtime } from './runtimes.ts';

/** Finished is a program that came to its end. */
export interface Finished {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** packAll packs every public package; the tarballs by name. */
export function packAll(folder: string): ReadonlyMap<string, string> {
  return new Map(publicPackages.map((each) => [each.name, packInto(folder, each)]));
}

/** makeProject makes an empty project, outside the workspace. */
export function makeProject(folder: string, manifest: object): string {
  mkdirSync(folder, { recursive: true });
  write(folder, 'package.json', JSON.stringify({ name: 'stranger', private: true, ...manifest }));
  return folder;
}

/** installWithNpm installs tarballs and released packages. */
export function installWithNpm(project: string, what: readonly string[]): void {
  const flags = ['--no-audit', '--no-fund', '--no-package-lock', '--loglevel', 'error'];
  execFileSync('npm', ['install', ...flags, ...what], {
    cwd: project,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** installWithPnpm installs what the project's manifest asks for; tarballs stand for the packages of their names. */
export function installWithPnpm(project: string, tarballs: ReadonlyMap<string, string>): void {
  const overrides = [...tarballs].map(([name, tarball]) => `  '${name}': 'file:${tarball}'\n`).join('');
  write(project, 'pnpm-workspace.yaml', `overrides:\n${overrides}`);
  runPnpm(project, ['install', '--no-lockfile']);
}

/** write writes a file of a project. */
export function write(project: string, path: string, text: string): void {
  writeFileSync(join(project, path), text);
}

/** readQuickStart takes the first program and the first configuration that README shows. */
export function readQuickStart(): { readonly program: string; readonly configuration: string } {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [, program] = /^```ts runs\n(.*?)^```$/ms.exec(readme) ?? [];
  const [, configuration] = /^```toml\n(.*?)^```$/ms.exec(readme) ?? [];
  if (program === undefined || configuration === undefined) throw new Error('README shows no quick start');
  return { program, configuration };
}

/** asCommonJs is a program of imports and `await` as it is written with `require`. */
export function asCommonJs(program: string): string {
  const required = program.replaceAll(/^import (\{.*?\}) from ('.*?');$/gm, 'const $1 = require($2);');
  return `(async () => {\n${required}})();\n`;
}

/** run runs a program in a project; it never throws for how the program ends. */
export function run(
  { command, arguments: before }: Pick<Runtime, 'command' | 'arguments'>,
  options: {
    readonly project: string;
    readonly arguments: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
  },
): Promise<Finished> {
  const { project, environment } = options;
  return new Promise((resolve) => {
    execFile(
      command,
      [...before, ...options.arguments],
      { cwd: project, env: { ...process.env, NODE_OPTIONS: '', ...environment }, timeout: 120_000 },
      (error, stdout, stderr) =>
        resolve({ status: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
    );
  });
}
