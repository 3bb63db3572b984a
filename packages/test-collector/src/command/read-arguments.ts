import { parseArgs } from 'node:util';
import { messageOf } from '../collector-error.ts';
import type { ScriptStep } from '../script-step.ts';

/** What the command is asked to do. */
export interface CommandOptions {
  readonly host: string;
  readonly port: number;
  /** undefined: a table in a terminal, JSON lines elsewhere. */
  readonly output: 'json' | 'table' | undefined;
  readonly script: readonly ScriptStep[];
  readonly forward: URL | undefined;
}

export const help = `Usage: telemetry-test-collector [options]

Listens for OTLP/HTTP (JSON and protobuf) and prints what arrives: a live table in a terminal, JSON lines in a pipe.

  --port PORT          the port to listen on; 0 takes a free one (default 4318)
  --host HOST          the address to listen on (default 127.0.0.1: nothing outside this machine reaches it)
  --table, --json      print a table, or JSON lines, whatever the output is
  --fail STATUS:COUNT  answer the first COUNT requests with STATUS, for instance 503:3; may be given again
  --forward URL        send each good request on to this OTLP base URL, with its headers (credentials included)
  --help               print this

Ctrl-C ends it with a summary.
`;

/** readArguments reads the command line: the options, `'help'`, or what is wrong with it. */
export function readArguments(
  args: readonly string[],
): CommandOptions | 'help' | { readonly problem: string } {
  let values;
  try {
    ({ values } = parseArgs({ args: [...args], options: declared }));
  } catch (error) {
    return { problem: messageOf(error) };
  }
  if (values.help === true) return 'help';
  if (values.json === true && values.table === true)
    return { problem: '--json and --table exclude each other' };
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    return { problem: `--port: expected 0 to 65535, found ${values.port}` };
  }
  const script: ScriptStep[] = [];
  for (const text of values.fail) {
    const match = /^([2-5]\d\d):(\d{1,6})$/.exec(text);
    if (match === null)
      return { problem: `--fail: expected STATUS:COUNT, for instance 503:3, found ${text}` };
    script.push({ do: 'answer', status: Number(match[1]), times: Number(match[2]) });
  }
  const forward = values.forward === undefined ? undefined : URL.parse(values.forward);
  if (forward === null || (forward !== undefined && !/^https?:$/.test(forward.protocol))) {
    return { problem: `--forward: expected an http or https URL, found ${values.forward}` };
  }
  let output: CommandOptions['output'];
  if (values.json === true) output = 'json';
  else if (values.table === true) output = 'table';
  return { host: values.host, port, output, script, forward };
}

const declared = {
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '4318' },
  json: { type: 'boolean' },
  table: { type: 'boolean' },
  fail: { type: 'string', multiple: true, default: [] as string[] },
  forward: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;
