import { execFileSync, type ExecFileSyncOptionsWithStringEncoding, spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** root is the top of the repository. */
export const root: string = resolve(import.meta.dirname, '../../..');

/** PublicPackage is one that gets published. */
export interface PublicPackage {
  readonly name: string;
  /** Its folder, from the root. */
  readonly folder: string;
}

/** publicPackages are all of them. */
export const publicPackages: readonly PublicPackage[] = globSync('packages/*/package.json', { cwd: root })
  .map((path) => path.replaceAll('\\', '/'))
  .toSorted()
  .flatMap((path) => {
    const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as {
      name: string;
      private?: boolean;
    };
    return manifest.private === true
      ? []
      : [{ name: manifest.name, folder: path.slice(0, -'/package.json'.length) }];
  });

/** packInto makes the tarball of a built package, as it would be published, and gives its path. */
export function packInto(folder: string, packed: PublicPackage): string {
  mkdirSync(folder, { recursive: true });
  const output = runPnpm(join(root, packed.folder), ['pack', '--json', '--pack-destination', folder]);
  return (JSON.parse(output) as { filename: string }).filename;
}

/** runPnpm runs the pnpm that runs this, whose scripts find it first; where there is none, one from the registry. */
export function runPnpm(folder: string, parameters: readonly string[]): string {
  const options: ExecFileSyncOptionsWithStringEncoding = {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  };
  const { stdout } = spawnSync('pnpm', ['--version'], options);
  // Without a pnpm there is no output at all.
  return stdout?.startsWith('12.')
    ? execFileSync('pnpm', parameters, options)
    : execFileSync('npx', ['-y', 'pnpm@12', ...parameters], options);
}

/** listTarball lists the files of a tarball, sorted. */
export function listTarball(tarball: string): string[] {
  return execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''))
    .toSorted();
}

/** readFromTarball reads one file of a tarball. */
export function readFromTarball(tarball: string, path: string): string {
  return execFileSync('tar', ['-xzOf', tarball, `package/${path}`], { encoding: 'utf8' });
}
