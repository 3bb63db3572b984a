import { readFileSync } from 'node:fs';
import type { Plugin, RolldownOptions } from 'rolldown';

/** BundleOptions says what of a package goes into one file. */
export interface BundleOptions {
  /** The package's folder. */
  readonly folder: string;
  /** The source that the file is made from: `src/<entry>.ts` becomes `dist/<entry>.js`. */
  readonly entry: string;
  /** Whether what is imported late goes to files of its own, to be read only when it is asked for. */
  readonly splitsLateImports: boolean;
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

// The package that a file under node_modules is of, with its folder.
const INSTALLED = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/**
 * bundle makes one file of an entry and what it imports, so that a program that imports the package reads one file
 * and not a hundred. What the package depends on stays an import; what it only develops with goes in.
 */
export function bundle({ folder, entry, splitsLateImports }: BundleOptions): RolldownOptions {
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Manifest;
  const dependencies = Object.keys(manifest.dependencies ?? {});
  return {
    cwd: folder,
    input: { [entry]: `src/${entry}.ts` },
    platform: 'node',
    external: (id) => dependencies.some((name) => id === name || id.startsWith(`${name}/`)),
    // What is only said at build time is no warning to live with.
    onLog(_level, { message }) {
      throw new Error(message);
    },
    plugins: [keepLicences()],
    output: {
      dir: 'dist',
      // What an earlier build left is not to be published. The package's own entry is built first.
      cleanDir: entry === 'index',
      format: 'esm',
      chunkFileNames: '[name].js',
      sourcemap: true,
      // The sources are published beside it.
      sourcemapExcludeSources: true,
      codeSplitting: splitsLateImports,
    },
  };
}

/** keepLicences puts the licence of each package that went in beside the file: most ask for nothing else. */
function keepLicences(): Plugin {
  return {
    name: 'keep-licences',
    generateBundle() {
      const folders = new Map<string, string>();
      for (const id of this.getModuleIds()) {
        const [folder, name] = INSTALLED.exec(id) ?? [];
        if (folder !== undefined && name !== undefined) folders.set(name, folder);
      }
      for (const [name, folder] of folders) {
        const source = readFileSync(`${folder}LICENSE`, 'utf8');
        this.emitFile({ type: 'asset', fileName: `LICENSE-${name.replace('/', '-')}`, source });
      }
    },
  };
}
