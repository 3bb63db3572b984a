import { extname } from 'node:path';

/**
 * The address of a module for a process or thread of its own: as source from source, or else as it was built.
 *
 * @param path without extension, relative to the module at `url`
 */
export function moduleBeside(path: string, url: string): URL {
  return new URL(path + extname(url), url);
}
