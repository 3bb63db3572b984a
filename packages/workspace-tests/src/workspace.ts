import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** root is the top of the repository. */
export const root: string = resolve(import.meta.dirname, '../../..');

/** Manifest is what the tests look at in a package.json. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly license?: string;
  readonly type?: string;
  readonly sideEffects?: boolean;
  readonly engines?: { readonly node?: string };
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly publishConfig?: { readonly exports?: Readonly<Record<string, unknown>> };
}

/** WorkspacePackage is a package of this repository: its folder, as a path from the root, and its manifest. */
export interface WorkspacePackage {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** readText reads a file by its path from the root. */
export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** listFiles lists the files that match a pattern, as paths from the root with `/`, sorted; installed ones left out. */
export function listFiles(pattern: string): readonly string[] {
  return globSync(pattern, { cwd: root, exclude: ['**/node_modules/**', '**/.test-results/**'] })
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted();
}

/** readPackages reads the manifests of all packages and examples. */
export function readPackages(): readonly WorkspacePackage[] {
  return listFiles('{packages,examples}/*/package.json').map((path) => ({
    folder: path.slice(0, -'/package.json'.length),
    manifest: JSON.parse(readText(path)) as Manifest,
  }));
}

/** publicPackages are those that get published. */
export const publicPackages: readonly WorkspacePackage[] = readPackages().filter(
  ({ manifest }) => manifest.private !== true,
);
