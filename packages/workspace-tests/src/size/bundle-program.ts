import { gzipSync } from 'node:zlib';
import { type OutputChunk, rolldown } from 'rolldown';

/** Program is a program that somebody bundles. */
export interface Program {
  /** Its text; what it imports is found from this folder. */
  readonly code: string;
  /** What stays an import. */
  readonly external: readonly string[];
  /** Whether our packages are taken as they are built, or from their sources. */
  readonly from: 'built' | 'sources';
}

/** Bundled is what became of a program, minified. Sizes are in bytes, after gzip at its best level. */
export interface Bundled {
  /** What is read when the program starts. */
  readonly initialBytes: number;
  /** The same with all that is imported late. */
  readonly allBytes: number;
  /** The text of what is read at the start. */
  readonly initialCode: string;
}

const PROGRAM = '\0program.ts';

/** bundleProgram bundles a program as its author would, with rolldown. */
export async function bundleProgram({ code, external, from }: Program): Promise<Bundled> {
  const bundle = await rolldown({
    input: PROGRAM,
    platform: 'node',
    external: (id) => external.some((name) => id === name || id.startsWith(`${name}/`)),
    resolve: {
      conditionNames: [...(from === 'sources' ? ['@pqcnet/source'] : []), 'node', 'import', 'default'],
    },
    plugins: [
      {
        name: 'program',
        resolveId(id, importer) {
          if (id === PROGRAM) return id;
          return importer === PROGRAM ? this.resolve(id, import.meta.filename) : null;
        },
        load: (id) => (id === PROGRAM ? code : null),
      },
    ],
    onLog(_level, { message }) {
      throw new Error(message);
    },
  });
  const { output } = await bundle.generate({ format: 'esm', minify: true });
  const chunks = output.filter((each) => each.type === 'chunk');
  const initial = initialChunks(chunks);
  return {
    initialBytes: gzippedBytes(initial),
    allBytes: gzippedBytes(chunks),
    initialCode: initial.map((chunk) => chunk.code).join('\n'),
  };
}

function initialChunks(chunks: readonly OutputChunk[]): readonly OutputChunk[] {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const initial = new Set(chunks.filter((chunk) => chunk.isEntry));
  // A Set's iterator also visits what is added on the way.
  for (const { imports } of initial) {
    for (const name of imports) {
      const imported = byName.get(name);
      if (imported !== undefined) initial.add(imported);
    }
  }
  return [...initial];
}

function gzippedBytes(chunks: readonly OutputChunk[]): number {
  return chunks.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).byteLength, 0);
}
