import { createInterface } from 'node:readline';
import { TelemetryHandle } from '@pqcnet/telemetry';

// A program that records 5 and ends in the way that it is told; `runProgram` starts it.

/** Ending is a way in which a process ends, or does not by itself. */
export type Ending =
  | 'return'
  | 'shutdown'
  | 'await using'
  | 'exit'
  | 'throw'
  | 'reject'
  | 'throw during a flush'
  | 'wait for a signal'
  | 'record and flush for each line';

/** Host is what a program does about its end besides. */
export type Host =
  | 'closes down at SIGTERM'
  | 'exits at SIGTERM'
  | 'exits at an uncaught error'
  | 'survives an uncaught error'
  | 'goes on three times at beforeExit';

/** Scenario is what the program is told. */
export interface Scenario {
  readonly endpoint: string;
  readonly ending: Ending;
  /** The options of flushOnExit, or no hook. */
  readonly hook?: Parameters<TelemetryHandle['flushOnExit']>[0] | 'none';
  readonly starts?: boolean;
  readonly temporality?: 'cumulative' | 'delta';
  readonly host?: Host;
  /** Whether someone listens to the results of flushes. Default true. */
  readonly listens?: boolean;
}

const scenario = JSON.parse(process.argv[2] ?? '') as Scenario;
const {
  endpoint,
  ending,
  hook = {},
  starts = false,
  temporality = 'cumulative',
  host,
  listens = true,
} = scenario;
const telemetry = TelemetryHandle.fromConfig({ endpoint, temporality, flushIntervalMs: 60_000 });
const lines = createInterface({ input: process.stdin });
// Nothing but what an ending waits for keeps the program alive.
process.stdin.unref?.();

const endings: Readonly<Record<Ending, () => unknown>> = {
  return: () => {},
  shutdown: () => telemetry.shutdown(),
  async 'await using'() {
    await using used = telemetry;
    used.recordCounter('work', 1);
  },
  exit: () => process.exit(3),
  throw() {
    throw new Error('nobody catches this');
  },
  reject: () => Promise.reject(new Error('nobody handles this')),
  async 'throw during a flush'() {
    void telemetry.flush();
    await nextLine();
    throw new Error('nobody catches this');
  },
  'wait for a signal': () => stayAlive(),
  async 'record and flush for each line'() {
    for (;;) {
      await nextLine();
      telemetry.recordCounter('work', 5);
      const { ok } = await telemetry.flush();
      const { recorded, accepted, pending, rejected, dropped, unattributed } = telemetry.account();
      say({ ok, account: [recorded, accepted, pending, rejected, dropped, unattributed].map(Number) });
    }
  },
};

const hosts: Readonly<Record<Host, () => void>> = {
  'closes down at SIGTERM'() {
    process.once('SIGTERM', () => {
      telemetry.recordCounter('work', 2);
      clearInterval(alive);
    });
  },
  'exits at SIGTERM': () => process.on('SIGTERM', () => process.exit(4)),
  'exits at an uncaught error': () => process.on('uncaughtException', () => process.exit(7)),
  'survives an uncaught error': () => process.on('uncaughtException', () => {}),
  'goes on three times at beforeExit'() {
    let times = 0;
    process.on('beforeExit', () => {
      times += 1;
      if (times <= 3) setImmediate(() => telemetry.recordCounter('late', 1));
    });
  },
};

let alive: NodeJS.Timeout | undefined;

function stayAlive(): void {
  alive = setInterval(() => {}, 60_000);
}

async function nextLine(): Promise<void> {
  process.stdin.ref?.();
  await new Promise((resolve) => lines.once('line', resolve));
  process.stdin.unref?.();
}

function say(what: unknown): void {
  console.log(JSON.stringify(what));
}

if (host !== undefined) hosts[host]();
if (hook !== 'none') telemetry.flushOnExit(hook);
if (starts) telemetry.start();
if (listens) telemetry.onFlush(() => {});
telemetry.recordCounter('work', 5);
say('ready');
await endings[ending]();
