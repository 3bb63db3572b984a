import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { copyRepository } from './copy-repository.ts';
import { type PackedRelease, packRelease } from './pack-release.ts';
import { type PublicPackage, readPublicPackages } from './public-packages.ts';
import { readChanges } from './read-changes.ts';
import { runNpm, runPnpm } from './run-tool.ts';

/**
 * rehearse does everything of a release but publishing, in a copy of the repository, and says what would be published.
 * The tarballs and bills of materials are in the folder `out`.
 */
export function rehearse(root: string, { copy, out }: { readonly copy: string; readonly out: string }): void {
  copyRepository(root, copy);
  runPnpm(copy, ['install', '--frozen-lockfile']);
  const before = new Map(readPublicPackages(copy).map(({ manifest }) => [manifest.name, manifest.version]));
  runPnpm(copy, ['exec', 'changeset', 'version']);
  runPnpm(copy, ['build']);
  for (const release of packRelease(copy, out)) {
    const { name, version } = release.manifest;
    if (before.get(name) === version) {
      console.log(`${name} ${version}: no changeset, nothing to release\n`);
      continue;
    }
    // npm's own checks, as far as they go without publishing. Without an identity there is no provenance to make.
    runNpm(copy, ['publish', release.tarball, '--dry-run', '--provenance=false']);
    console.log(describeRelease(release, before.get(name)));
  }
  console.log(`Nothing was published. The tarballs and bills of materials are in ${out}`);
}

function describeRelease(release: PackedRelease, before: string | undefined): string {
  const { tarball, fileCount, bill, componentCount } = release;
  const { name, version, dependencies = {} } = release.manifest;
  const kilobytes = (statSync(tarball).size / 1000).toFixed(0);
  return [
    `${name} ${before} → ${version}`,
    `  tarball            ${basename(tarball)}, ${fileCount} files, ${kilobytes} kB`,
    `  bill of materials  ${basename(bill)}, ${componentCount} components`,
    `  dependencies       ${Object.keys(dependencies).join(', ') || 'none'}`,
    '',
    changesOf(release).replaceAll(/^(?=.)/gm, '    '),
    '',
  ].join('\n');
}

function changesOf({ folder, manifest: { name, version } }: PublicPackage): string {
  const path = join(folder, 'CHANGELOG.md');
  const changes = existsSync(path) ? readChanges(readFileSync(path, 'utf8'), version) : undefined;
  if (changes === undefined) throw new Error(`the changelog of ${name} has no ${version}`);
  return changes;
}
