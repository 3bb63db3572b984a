import { parseArgs } from 'node:util';

/** CommandOptions is what the command is asked to do. */
export interface CommandOptions {
  readonly json: boolean;
  readonly quick: boolean;
  /** Only rows whose id matches one of these; all rows when there are none. */
  readonly patterns: readonly RegExp[];
  readonly list: boolean;
  /** The Markdown file to write the tables into. */
  readonly write: string | undefined;
}

export const help = `Usage: pnpm bench [options]

Builds the packages and compares them with OpenTelemetry JS and prom-client: each row in a process of its own, all
contenders interleaved in that one process. Figures are medians; in brackets the middle 80 % of the rounds.

  --row PATTERN   only rows whose id matches this regular expression; may be given again
  --list          print the ids of the rows
  --quick         few rounds and no more than 10 k series: for a look, not for a result
  --json          print the results as JSON
  --write FILE    write the results into this Markdown file, between its two marks
  --help          print this

The exit code is 1 when a row broke, 2 when nothing was run for what was asked, otherwise 0: no figure changes it.
`;

/** readArguments reads the command line: the options, `'help'`, or what is wrong with it. */
export function readArguments(
  args: readonly string[],
): CommandOptions | 'help' | { readonly problem: string } {
  try {
    // pnpm passes on the `--` that may stand before the options.
    const { values } = parseArgs({ args: args.filter((arg) => arg !== '--'), options: declared });
    if (values.help) return 'help';
    const { json, quick, list, write, row } = values;
    return { json, quick, list, write, patterns: row.map((pattern) => new RegExp(pattern)) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

const declared = {
  json: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  row: { type: 'string', multiple: true, default: [] as string[] },
  write: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;
