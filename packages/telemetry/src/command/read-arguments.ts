import { parseArgs } from 'node:util';

/** CheckOptions is what `check` is asked to do. */
export interface CheckOptions {
  /** The configuration file; undefined: only the environment counts. */
  readonly file: string | undefined;
  readonly probe: boolean;
  readonly json: boolean;
  /** How long the probe may take; undefined: as long as the configuration says. */
  readonly timeoutMs: number | undefined;
}

export const help = `Usage: pqcnet-telemetry check [FILE] [options]

Checks a telemetry.toml as a program that starts here would read it: names everything that is wrong, shows each value
that holds and where it comes from, and sends a probe to the collector. Without FILE only the environment counts.

  --no-probe       send nothing
  --timeout-ms MS  how long the probe may take (default: the configuration's timeout-ms, at most 30000)
  --json           print one JSON object
  --version        print the version
  --help           print this

The probe is one small request with the metrics pqcnet.telemetry.check, .check.runs and .check.latency, from the
instance "pqcnet-telemetry-check" of the configured service.

Ends with
  0  the configuration can be used, and the collector took the probe
  1  the configuration can't be used
  2  these arguments can't be used
  3  the collector did not take the probe, or not all of it
`;

/** readArguments reads the command line: what to check, what else to print, or what is wrong with it. */
export function readArguments(
  args: readonly string[],
): CheckOptions | 'help' | 'version' | { readonly problem: string } {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options: declared, allowPositionals: true });
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
  const { values, positionals } = parsed;
  if (values.help === true) return 'help';
  if (values.version === true) return 'version';
  const [command, file, ...others] = positionals;
  if (command !== 'check') {
    return { problem: `expected the command check, found ${command === undefined ? 'none' : command}` };
  }
  if (others.length > 0) return { problem: `expected one file, found ${others.length + 1}` };
  const timeoutText = values['timeout-ms'];
  const timeoutMs = timeoutText === undefined ? undefined : Number(timeoutText);
  if (timeoutMs !== undefined && !(/^\d+$/.test(`${timeoutText}`) && timeoutMs >= 1 && timeoutMs < 2 ** 31)) {
    return { problem: `--timeout-ms: expected 1 to 2147483647, found ${timeoutText}` };
  }
  return { file, probe: values['no-probe'] !== true, json: values.json === true, timeoutMs };
}

const declared = {
  'no-probe': { type: 'boolean' },
  'timeout-ms': { type: 'string' },
  json: { type: 'boolean' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;
