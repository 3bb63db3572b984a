import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { CollectorRecipe, GoCommandRecipe, PinnedReceiver } from './pinned-receivers.ts';
import { runGo } from './run-go.ts';

/** BuildOptions is what every build needs to know. */
interface BuildOptions {
  /** An empty folder, on the same file system as the place of the program. */
  readonly folder: string;
  readonly onLine: (line: string) => void;
}

/**
 * buildReceiver makes a receiver's program and puts it in its place in one step: what is there is whole, even when a
 * build was interrupted or two ran at a time.
 */
export async function buildReceiver(
  receiver: PinnedReceiver,
  path: string,
  onLine: (line: string) => void,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const folder = await mkdtemp(`${path}-building-`);
  try {
    const { recipe } = receiver;
    const options = { folder, onLine };
    const built =
      recipe.kind === 'collector'
        ? await buildCollector(recipe, options)
        : await installGoCommand(recipe, options);
    await rename(built, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function installGoCommand(recipe: GoCommandRecipe, { folder, onLine }: BuildOptions): Promise<string> {
  const { tags = '', linkerFlags, moduleVersion } = recipe;
  await runGo({
    args: ['install', '-v', `-tags=${tags}`, `-ldflags=${linkerFlags}`, `${recipe.package}@${moduleVersion}`],
    folder,
    environment: { GOBIN: folder },
    onLine,
  });
  return join(folder, basename(recipe.package));
}

/**
 * The builder only writes the sources. Left to itself it would ask for the newest versions of what the manifest does not
 * name, and for modules that only tests of a component import.
 */
async function buildCollector(recipe: CollectorRecipe, { folder, onLine }: BuildOptions): Promise<string> {
  await writeFile(join(folder, 'builder.yaml'), recipe.manifest);
  const sources = join(folder, 'sources');
  await runGo({
    args: ['run', recipe.builder, '--config=builder.yaml', '--skip-get-modules', '--skip-compilation'],
    folder,
    onLine,
  });
  await writeFile(join(sources, 'go.mod'), recipe.goMod);
  await writeFile(join(sources, 'go.sum'), recipe.goSum);
  await runGo({
    args: ['build', '-v', '-mod=readonly', '-ldflags=-s -w', '-o=../otelcol', '.'],
    folder: sources,
    onLine,
  });
  return join(folder, 'otelcol');
}
