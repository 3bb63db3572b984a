import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** GoRun is one call of the Go tool. */
export interface GoRun {
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Gets every line that the tool prints. */
  readonly onLine?: (line: string) => void;
}

/** MissingGoError says that there is no Go toolchain, and what to install. */
export class MissingGoError extends Error {
  override readonly name = 'MissingGoError';
  readonly code = 'GO_MISSING';

  constructor(options: ErrorOptions) {
    super(
      'The receivers are built from their Go modules, and there is no `go` on the PATH.\n' +
        'Install Go 1.26.7 or newer (https://go.dev/doc/install), and run this again.',
      options,
    );
  }
}

/**
 * runGo runs the Go tool, without a C compiler.
 *
 * @throws MissingGoError when there is none
 * @throws Error with the last lines of its output when it fails
 */
export async function runGo({ args, folder, environment = {}, onLine }: GoRun): Promise<void> {
  const child = spawn('go', args, {
    cwd: folder,
    env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lastLines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastLines.push(line);
    if (lastLines.length > 40) lastLines.shift();
    onLine?.(line);
  });
  let exitCode: unknown;
  try {
    [exitCode] = (await once(child, 'close')) as [unknown];
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw new MissingGoError({ cause });
    throw cause;
  }
  if (exitCode !== 0) {
    throw new Error(`go ${args[0]} ended with ${String(exitCode)}:\n${lastLines.join('\n')}`);
  }
}
