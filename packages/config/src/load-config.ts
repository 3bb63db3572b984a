import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ConfigError } from './config-error.ts';
import { parseConfig, type FileOptions } from './parse-config.ts';
import type { TelemetryConfig } from './telemetry-config.ts';

/**
 * loadConfig reads a TOML file and makes a configuration from it, like `parseConfig`. Relative PEM paths in the file
 * start at the file's folder.
 *
 * @throws (rejects with) ConfigError, also when the file can't be read (`CONFIG_UNREADABLE`).
 */
export async function loadConfig(path: string | URL, options: FileOptions = {}): Promise<TelemetryConfig> {
  const file = path instanceof URL ? fileURLToPath(path) : path;
  const text = await readText(file);
  return parseConfig(text, { ...options, fileName: file, baseDirectory: dirname(resolve(file)) });
}

async function readText(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ConfigError('CONFIG_UNREADABLE', {
      file,
      cause,
      problems: [
        {
          path: '',
          line: undefined,
          column: undefined,
          found: reasonOf(cause),
          expected: 'a readable TOML file in UTF-8',
          suggestion: undefined,
        },
      ],
    });
  }
}

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
