import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type PublicPackage, readManifest } from './public-packages.ts';
import { runPnpm } from './run-tool.ts';

/** Component is one package in a bill. */
export interface Component {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly 'bom-ref': string;
  readonly licenses: readonly { readonly license: { readonly id: string } }[];
}

/** BillOfMaterials is what a package is made of, in CycloneDX; more is in it than is said here. */
export interface BillOfMaterials {
  readonly bomFormat: 'CycloneDX';
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/**
 * writeBill lists what an install of a built package brings, by the lock file, and what went into its built files and
 * those of its dependencies in this repository, which no lock file knows.
 */
export function writeBill(target: PublicPackage, all: readonly PublicPackage[]): BillOfMaterials {
  const flags = ['--sbom-format', 'cyclonedx', '--prod', '--exclude-peers'];
  const root = join(target.folder, '../..');
  const output = runPnpm(root, ['--filter', target.manifest.name, 'sbom', ...flags]);
  const bill = JSON.parse(output) as BillOfMaterials;
  const bundled = new Map(all.map((each) => [purlOf(each.manifest), listBundled(each)]));
  return addBundled(bill, bundled);
}

/** addBundled adds what is in the built files of packages that a bill has; by their purl. */
export function addBundled(
  bill: BillOfMaterials,
  bundled: ReadonlyMap<string, readonly Component[]>,
): BillOfMaterials {
  const holders = bill.dependencies.map(({ ref }) => ref).filter((ref) => bundled.has(ref));
  const added = holders.flatMap((ref) => bundled.get(ref) ?? []);
  const known = new Set(bill.components.map((component) => component['bom-ref']));
  const fresh = added.filter((component) => !known.has(component['bom-ref']));
  return {
    ...bill,
    components: [...bill.components, ...fresh],
    dependencies: [
      ...bill.dependencies.map(({ ref, dependsOn }) => {
        const inside = (bundled.get(ref) ?? []).map((component) => component['bom-ref']);
        return { ref, dependsOn: [...dependsOn, ...inside] };
      }),
      ...fresh.map((component) => ({ ref: component['bom-ref'], dependsOn: [] })),
    ],
  };
}

/** The build puts the licence of each package that went in beside its files. */
function listBundled({ folder, manifest }: PublicPackage): readonly Component[] {
  return Object.keys(manifest.devDependencies ?? {})
    .filter((name) => existsSync(join(folder, 'dist', `LICENSE-${name.replace('/', '-')}`)))
    .map((name) => {
      const { version, license } = readManifest(join(folder, 'node_modules', name, 'package.json'));
      const purl = purlOf({ name, version });
      return {
        type: 'library',
        name,
        version,
        purl,
        'bom-ref': purl,
        licenses: [{ license: { id: license } }],
      };
    });
}

function purlOf({ name, version }: { readonly name: string; readonly version: string }): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}
