import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Scenario } from './ending-program.ts';

const program = fileURLToPath(new URL('ending-program.ts', import.meta.url));

/** End is how a process ended. */
export interface End {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

/** RunningProgram is a process of its own with telemetry in it. */
export interface RunningProgram {
  readonly end: Promise<End>;
  /** Resolves with the next line of its output, which is JSON. */
  said(): Promise<unknown>;
  tell(line: string): void;
  kill(signal: NodeJS.Signals): void;
}

/** runProgram runs the program of a scenario. A process that is still there after a minute is killed. */
export function runProgram(scenario: Scenario): RunningProgram {
  const args = ['--conditions=@pqcnet/source', program, JSON.stringify(scenario)];
  const child = spawn(process.execPath, args, { timeout: 60_000, killSignal: 'SIGKILL' });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const stderr = text(child.stderr);
  const end = once(child, 'close').then(async ([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
    stderr: await stderr,
  }));
  return {
    end,
    async said() {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`the program ended instead: ${await stderr}`);
      return JSON.parse(value);
    },
    tell: (line) => void child.stdin.write(`${line}\n`),
    kill: (signal) => void child.kill(signal),
  };
}
