import { mkdirSync, writeFileSync } from 'node:fs';
import { writeBill } from './bill-of-materials.ts';
import { type PublicPackage, readPublicPackages } from './public-packages.ts';
import { runPnpm } from './run-tool.ts';

/** PackedRelease is a package as it is published. */
export interface PackedRelease extends PublicPackage {
  /** The path of the tarball. */
  readonly tarball: string;
  readonly fileCount: number;
  /** The path of the bill of materials, CycloneDX as JSON. */
  readonly bill: string;
  /** How many packages the bill lists besides this one. */
  readonly componentCount: number;
}

/** packRelease packs each public package of a built repository, with a bill of materials beside it. */
export function packRelease(root: string, out: string): readonly PackedRelease[] {
  mkdirSync(out, { recursive: true });
  const packages = readPublicPackages(root);
  return packages.map((target) => packOne(target, { packages, out }));
}

function packOne(
  target: PublicPackage,
  { packages, out }: { readonly packages: readonly PublicPackage[]; readonly out: string },
): PackedRelease {
  const output = runPnpm(target.folder, ['pack', '--json', '--pack-destination', out]);
  const packed = JSON.parse(output) as { readonly filename: string; readonly files: readonly unknown[] };
  const tarball = packed.filename;
  const bill = tarball.replace(/\.tgz$/, '.cdx.json');
  const contents = writeBill(target, packages);
  writeFileSync(bill, `${JSON.stringify(contents, null, 2)}\n`);
  const [fileCount, componentCount] = [packed.files.length, contents.components.length];
  return { ...target, tarball, fileCount, bill, componentCount };
}
