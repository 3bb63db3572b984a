import { parseArgs } from 'node:util';

/** SoakOptions is how long, how much and in which way is soaked. */
export interface SoakOptions {
  readonly minutes: number;
  readonly temporality: 'cumulative' | 'delta' | 'low-memory';
  readonly protocol: 'http/json' | 'http/protobuf';
  readonly seed: number;
  /** How many series are recorded to at a time. */
  readonly series: number;
}

export const usage = `Usage: pnpm soak [options]

Records at full speed, and flushes to a collector in another process that fails half the time in random ways. Prints
every ten seconds what was recorded and where it is, and in the end whether all of it adds up. Exits 1 if it does not.

  --minutes N        how long to record (default 10)
  --temporality T    cumulative, delta or low-memory (default cumulative)
  --protocol P       http/json or http/protobuf (default http/protobuf)
  --series N         how many series to record to at a time; each second 1 % of them is replaced (default 50000)
  --seed N           what decides the faults (default: by chance, and printed)
  --help             print this
`;

/** readOptions reads the command line: the options, 'help', or what is wrong with it. */
export function readOptions(
  args: readonly string[],
  random: () => number,
): SoakOptions | 'help' | { readonly wrong: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string', default: '10' },
        temporality: { type: 'string', default: 'cumulative' },
        protocol: { type: 'string', default: 'http/protobuf' },
        series: { type: 'string', default: '50000' },
        seed: { type: 'string', default: String(Math.floor(random() * 2 ** 31)) },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return 'help';
    return {
      minutes: requireNumber('--minutes', values.minutes, { from: 0.05, to: 24 * 60 }),
      temporality: requireOneOf('--temporality', values.temporality, ['cumulative', 'delta', 'low-memory']),
      protocol: requireOneOf('--protocol', values.protocol, ['http/json', 'http/protobuf']),
      series: Math.floor(requireNumber('--series', values.series, { from: 100, to: 1_000_000 })),
      seed: Math.floor(requireNumber('--seed', values.seed, { from: 0, to: 2 ** 32 })),
    };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}

function requireNumber(name: string, text: string, { from, to }: { from: number; to: number }): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= from && value <= to) return value;
  throw new RangeError(`${name} is ${text}: expected a number from ${from} to ${to}`);
}

function requireOneOf<const T extends string>(name: string, text: string, expected: readonly T[]): T {
  const value = expected.find((each) => each === text);
  if (value !== undefined) return value;
  throw new RangeError(`${name} is ${text}: expected one of ${expected.join(', ')}`);
}
