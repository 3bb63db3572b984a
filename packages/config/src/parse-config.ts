import { buildConfig, type FileSource } from './build-config.ts';
import { problemOfAll } from './config-error.ts';
import type { ConfigOptions } from './config-options.ts';
import { readFileLayer } from './read-file-layer.ts';
import { showValue } from './show-value.ts';
import type { TelemetryConfig } from './telemetry-config.ts';
import type { TelemetryConfigInput } from './telemetry-config-input.ts';

/** FileOptions is how a configuration file is read. */
export interface FileOptions extends ConfigOptions {
  /** Values from the program, which win over the environment and the file. */
  readonly overrides?: TelemetryConfigInput | undefined;
}

/** ParseOptions is how the text of a configuration file is read. */
export interface ParseOptions extends FileOptions {
  /** What the text is called in error messages, such as `telemetry.toml`. */
  readonly fileName?: string | undefined;
  /** The folder where relative PEM paths in the text start. Default: the working directory. */
  readonly baseDirectory?: string | undefined;
}

/**
 * parseConfig makes a configuration from the text of a TOML file. Precedence: `overrides`, environment, text,
 * default.
 *
 * @throws ConfigError with every problem at once (`CONFIG_INVALID`), or the first syntax error (`CONFIG_SYNTAX`).
 */
export function parseConfig(tomlText: string, options: ParseOptions = {}): TelemetryConfig {
  const { fileName: name, baseDirectory: directory } = options;
  // Callers of JavaScript pass anything.
  if (typeof tomlText !== 'string') {
    throw problemOfAll('CONFIG_INVALID', { found: showValue(tomlText), expected: 'the text of a TOML file' });
  }
  const file: FileSource = {
    name,
    directory,
    read: (environment) => readFileLayer(tomlText, { name, environment }),
  };
  const code = options.overrides === undefined ? {} : { code: options.overrides };
  return buildConfig({ file, ...code }, options);
}
