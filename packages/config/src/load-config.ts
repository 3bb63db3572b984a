import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { problemOfAll } from './config-error.ts';
import { parseConfig, type FileOptions } from './parse-config.ts';
import { showValue } from './show-value.ts';
import type { TelemetryConfig } from './telemetry-config.ts';

/**
 * loadConfig reads a TOML file and makes a configuration from it, like `parseConfig`. Relative PEM paths in the file
 * start at the file's folder.
 *
 * @throws (rejects with) ConfigError, also when the file can't be read (`CONFIG_UNREADABLE`).
 */
export async function loadConfig(path: string | URL, options: FileOptions = {}): Promise<TelemetryConfig> {
  const file = pathOf(path);
  const text = await readText(file);
  return parseConfig(text, { ...options, fileName: file, baseDirectory: dirname(resolve(file)) });
}

/** Callers of JavaScript pass anything: a number would be read as the descriptor of an open file. */
function pathOf(path: string | URL): string {
  if (typeof path === 'string') return path;
  if (path instanceof URL && path.protocol === 'file:') return fileURLToPath(path);
  const found = path instanceof URL ? `a URL that begins with ${path.protocol}` : showValue(path);
  throw problemOfAll('CONFIG_UNREADABLE', { found, expected: 'the path or file: URL of a TOML file' });
}

async function readText(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw problemOfAll('CONFIG_UNREADABLE', { file, found: reasonOf(cause), expected: readable, cause });
  }
}

const readable = 'a readable TOML file in UTF-8';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'a file that this process may not read',
  EPERM: 'a file that this process may not read',
  EISDIR: 'a folder',
  ENOTDIR: 'a path through something that is not a folder',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'a file that is not UTF-8',
};

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return Object.hasOwn(reasons, code)
    ? `${reasons[code]}`
    : `a file that cannot be read (${code || 'unknown error'})`;
}
