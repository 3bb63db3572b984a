import { formatProblems } from './format-problems.ts';

/**
 * ConfigErrorCode is stable: match on it, not on the message.
 *
 * - `CONFIG_INVALID`: values, keys or combinations that can't be used; `problems` lists all of them.
 * - `CONFIG_SYNTAX`: the text is not TOML; the one problem has line and column.
 * - `CONFIG_UNREADABLE`: the file could not be read (`cause` is the reason), or there is no path to one.
 */
export type ConfigErrorCode = 'CONFIG_INVALID' | 'CONFIG_SYNTAX' | 'CONFIG_UNREADABLE';

/** ConfigProblem is one thing that is wrong. No field ever holds a secret. */
export interface ConfigProblem {
  /** The key: as written in TOML (`telemetry.flush-interval-ms`) or in code (`flushIntervalMs`); '' for the whole. */
  readonly path: string;
  /** The line in the TOML text, from 1; undefined for a value from code. */
  readonly line: number | undefined;
  /** The column in that line, from 1. */
  readonly column: number | undefined;
  /** The value that was found, as it is shown; undefined where there is none to show. */
  readonly found: string | undefined;
  /** What was expected instead. */
  readonly expected: string;
  /** For an unknown key: the nearest known one. */
  readonly suggestion: string | undefined;
}

/** ConfigError says everything that is wrong with a configuration at once, without showing a secret. */
export class ConfigError extends Error {
  /** The class, for logs; match on `code` instead. */
  override readonly name: string = 'ConfigError';
  /** What kind of problem it is. Stable: match on it. */
  readonly code: ConfigErrorCode;
  // Behind an accessor, since Node prints an uncaught error's own properties below a message that says the same.
  readonly #problems: readonly ConfigProblem[];

  constructor(
    code: ConfigErrorCode,
    options: {
      readonly problems: readonly ConfigProblem[];
      /** What the configuration is called in the message: the file's name. */
      readonly file?: string | undefined;
      readonly cause?: unknown;
    },
  ) {
    super(
      formatProblems(options.problems, options.file),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.#problems = Object.freeze(options.problems.map((problem) => Object.freeze({ ...problem })));
  }

  /** problems lists everything that is wrong: by line, then by path. */
  get problems(): readonly ConfigProblem[] {
    return this.#problems;
  }
}

/** problemOfAll makes the error of the one thing that is wrong with a configuration as a whole. */
export function problemOfAll(
  code: ConfigErrorCode,
  options: {
    readonly found: string;
    readonly expected: string;
    readonly file?: string | undefined;
    readonly cause?: unknown;
  },
): ConfigError {
  const { found, expected, ...rest } = options;
  const problem = { path: '', line: undefined, column: undefined, found, expected, suggestion: undefined };
  return new ConfigError(code, { ...rest, problems: [problem] });
}
