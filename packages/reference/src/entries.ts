import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** root is the top of the repository. */
export const root: string = resolve(import.meta.dirname, '../../..');

/** Entry is one way into a public package. */
export interface Entry {
  /** What is imported, such as `@pqcnet/telemetry-core`. */
  readonly title: string;
  /** The package's folder, from the root. */
  readonly folder: string;
  /** Its declarations, from the folder. */
  readonly declarations: string;
  /** The report's name. */
  readonly report: string;
  /** Whether it is the package's own name, and no path in it. */
  readonly isMain: boolean;
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, { readonly types?: string }>>;
}

/** entries are all ways into all public packages, as their manifests say. */
export const entries: readonly Entry[] = globSync('packages/*/package.json', { cwd: root })
  .toSorted()
  .flatMap((path): Entry[] => {
    const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest;
    if (manifest.private === true) return [];
    return Object.entries(manifest.exports).flatMap(([name, { types }]): Entry[] => {
      if (types === undefined) return [];
      const title = manifest.name + name.slice(1);
      return [
        {
          title,
          folder: path.slice(0, -'/package.json'.length),
          declarations: types,
          isMain: name === '.',
          report: title.replace('@pqcnet/', '').replaceAll('/', '-'),
        },
      ];
    });
  });
