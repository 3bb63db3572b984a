import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

/** RunningServer is a program that listens. */
export interface RunningServer extends AsyncDisposable {
  /** Resolves with the port that it says it listens on. */
  port(): Promise<number>;
  /** Ends it by SIGTERM, and resolves with how it ended. */
  end(): Promise<{ readonly signal: NodeJS.Signals | null; readonly errors: string }>;
}

/** startServer runs Node with arguments in a folder. The program sees only the variables that it is given, and PATH. */
export function startServer(
  args: readonly string[],
  options: { readonly folder: string; readonly environment: Readonly<Record<string, string>> },
): RunningServer {
  const env = { PATH: process.env['PATH'], ...options.environment };
  const child = spawn(process.execPath, args, { cwd: options.folder, env, timeout: 100_000 });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const errors = text(child.stderr);
  const closed = once(child, 'close');
  const end = async (): Promise<{ signal: NodeJS.Signals | null; errors: string }> => {
    child.kill();
    await closed;
    return { signal: child.signalCode, errors: await errors };
  };
  return {
    async port() {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`the program ended instead: ${await errors}`);
      return Number(/^listening on (\d+)$/.exec(value)?.[1]);
    },
    end,
    async [Symbol.asyncDispose]() {
      await end();
    },
  };
}
