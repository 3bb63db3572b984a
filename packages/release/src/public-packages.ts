import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Manifest is what a release looks at in a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** PublicPackage is one that gets published, by its absolute folder. */
export interface PublicPackage {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** readPublicPackages reads those of a repository. */
export function readPublicPackages(root: string): readonly PublicPackage[] {
  return globSync('packages/*/package.json', { cwd: root })
    .toSorted()
    .map((path) => ({ folder: join(root, path, '..'), manifest: readManifest(join(root, path)) }))
    .filter(({ manifest }) => manifest.private !== true);
}

/** readManifest reads a package.json. */
export function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}
