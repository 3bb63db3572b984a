import { existsSync } from 'node:fs';
import { type PinnedReceiver, pinnedReceivers } from '../get-receivers/pinned-receivers.ts';
import { receiverPath } from '../get-receivers/receiver-path.ts';

/**
 * receiverProgram is the file of a receiver's program.
 *
 * @throws Error when it isn't in the cache
 */
export function receiverProgram(name: PinnedReceiver['name']): string {
  const receiver = pinnedReceivers.find((each) => each.name === name);
  const path = receiver && receiverPath(receiver);
  if (path === undefined || !existsSync(path)) {
    throw new Error(`${name} is not in the cache: pnpm interop puts it there`);
  }
  return path;
}
