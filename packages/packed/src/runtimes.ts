import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Runtime is something that runs JavaScript. */
export interface Runtime {
  readonly title: string;
  readonly command: string;
  /** What stands before the program's file. */
  readonly arguments: readonly string[];
}

const { platform, arch } = process;
// The packages that hold nothing but a Node for one platform.
const node = `${platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node'}-${platform === 'win32' ? 'win' : platform}-${arch}`;

/** Exact versions: what is tried is what is claimed. */
const dependencies: Readonly<Record<string, string>> = {
  'node-too-old': `npm:${node}@20.20.2`,
  'node-oldest': `npm:${node}@22.19.0`,
  'node-lts': `npm:${node}@24.21.0`,
  bun: '1.4.5',
  deno: '2.9.6',
  'typescript-5.9': 'npm:typescript@5.9.3',
  'typescript-6.0': 'npm:typescript@6.0.3',
  'typescript-7.0': 'npm:typescript@7.0.2',
};

/**
 * installTools installs runtimes and compilers outside the repository, which would be much larger with them: into a
 * folder of `~/.cache/pqcnet-packed`, or of what PQCNET_PACKED_CACHE names. They stay there.
 */
export function installTools(): string {
  const manifest = JSON.stringify({ private: true, dependencies });
  const cache = process.env['PQCNET_PACKED_CACHE'] ?? join(homedir(), '.cache', 'pqcnet-packed');
  const folder = join(cache, createHash('sha256').update(manifest).digest('hex').slice(0, 16));
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  writeFileSync(join(unfinished, 'package.json'), manifest);
  // Their install scripts only put a binary elsewhere.
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
  execFileSync('npm', ['install', ...flags], { cwd: unfinished, stdio: ['ignore', 'ignore', 'inherit'] });
  // Another run may have been faster.
  if (existsSync(folder)) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, folder);
  return folder;
}

/** nodeRuntimes are the Nodes that are claimed: the oldest, the newest with long-term support, and the pinned one. */
export function nodeRuntimes(tools: string): readonly Runtime[] {
  return [
    { title: 'Node 22.19.0, the oldest', command: nodeBinary(tools, 'node-oldest'), arguments: [] },
    { title: 'Node 24.21.0, the newest LTS', command: nodeBinary(tools, 'node-lts'), arguments: [] },
    { title: `Node ${process.versions.node}, the pinned one`, command: process.execPath, arguments: [] },
  ];
}

/** tooOldNode is one that is not claimed. */
export function tooOldNode(tools: string): Runtime {
  return { title: 'Node 20.20.2', command: nodeBinary(tools, 'node-too-old'), arguments: [] };
}

/** bunRuntime is Bun. */
export function bunRuntime(tools: string): Runtime {
  const name = `bun-${platform === 'win32' ? 'windows' : platform}-${arch === 'arm64' ? 'aarch64' : arch}`;
  const command = join(tools, 'node_modules/@oven', name, 'bin', withSuffix('bun'));
  return { title: 'Bun 1.4.5', command, arguments: [] };
}

/** denoRuntime is Deno, with the permissions that the packages need. */
export function denoRuntime(tools: string): Runtime {
  const libc = platform === 'linux' ? '-glibc' : '';
  const command = join(tools, 'node_modules/@deno', `${platform}-${arch}${libc}`, withSuffix('deno'));
  const permissions = ['--allow-env', '--allow-net', '--allow-read', '--allow-sys'];
  return { title: 'Deno 2.9.6', command, arguments: ['run', ...permissions] };
}

/** compiler is the program of one version of TypeScript. */
export function compiler(tools: string, version: '5.9' | '6.0' | '7.0'): string {
  return join(tools, 'node_modules', `typescript-${version}`, 'bin', 'tsc');
}

function nodeBinary(tools: string, name: string): string {
  return join(tools, 'node_modules', name, 'bin', withSuffix('node'));
}

function withSuffix(name: string): string {
  return platform === 'win32' ? `${name}.exe` : name;
}
