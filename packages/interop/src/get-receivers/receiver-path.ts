import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { PinnedReceiver } from './pinned-receivers.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * cacheFolder is where receivers are kept, outside of the tree: `PQCNET_INTEROP_CACHE`, or `pqcnet-interop` in the user's
 * folder for caches.
 */
export function cacheFolder(environment: Environment = process.env): string {
  const { PQCNET_INTEROP_CACHE, XDG_CACHE_HOME } = environment;
  if (PQCNET_INTEROP_CACHE) return resolve(PQCNET_INTEROP_CACHE);
  return join(XDG_CACHE_HOME ? resolve(XDG_CACHE_HOME) : join(homedir(), '.cache'), 'pqcnet-interop');
}

/** receiverPath is the file of a receiver's program: another one for another version, recipe or machine. */
export function receiverPath(receiver: PinnedReceiver, folder: string = cacheFolder()): string {
  const identity = JSON.stringify([receiver.recipe, process.platform, process.arch]);
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, 12);
  return join(folder, `${receiver.name}-${receiver.version}-${hash}`);
}
