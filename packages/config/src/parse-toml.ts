import { parse, TomlError } from 'smol-toml';

import { ConfigError } from './config-error.ts';

/** parseToml parses TOML 1.0; what is not TOML is a ConfigError with line and column, and never quotes the text. */
export function parseToml(text: string, file: string | undefined): unknown {
  try {
    // A number that a double can't hold is a problem of its key, not of the syntax.
    return parse(text, { integersAsBigInt: 'asNeeded', maxDepth: 100 });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // Neither the parser's message nor the error itself goes on: they quote lines, which may hold secrets.
    const [reason = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    throw new ConfigError('CONFIG_SYNTAX', {
      file,
      problems: [
        {
          path: '',
          line: error.line,
          column: error.column,
          found: `a syntax error: ${reason}`,
          expected: 'TOML, see https://toml.io',
          suggestion: undefined,
        },
      ],
    });
  }
}
