import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readPublicPackages } from './public-packages.ts';

/**
 * nameRepository writes into each public manifest where its source is, as the workflow knows it: the registry takes a
 * provenance only for a package that names the repository it was built from, and a fork is another one.
 */
export function nameRepository(root: string, url: string): void {
  for (const { folder } of readPublicPackages(root)) {
    const path = join(folder, 'package.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    const directory = relative(root, folder).replaceAll('\\', '/');
    manifest['repository'] = { type: 'git', url: `git+${url}.git`, directory };
    writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
  }
}
