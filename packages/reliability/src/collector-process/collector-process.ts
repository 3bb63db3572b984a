import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Sums } from './sum-book.ts';

/** Command is what a collector's process can be told. Each is answered with its state. */
export type Command =
  | { readonly do: 'tell' }
  /** Let this share of requests fail, in ways that the seed decides. */
  | { readonly do: 'fail'; readonly share: number; readonly seed: number };

/** CollectorState is what a collector's process tells. */
export interface CollectorState extends Sums {
  readonly url: string;
  readonly requests: number;
  /** How many of them met a fault. */
  readonly failed: number;
}

/** CollectorProcess is a collector in a process of its own: it can be stopped like one, and takes none of our time. */
export class CollectorProcess implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(): Promise<CollectorProcess> {
    const child = fork(new URL('main.ts', import.meta.url), {
      execArgv: ['--conditions=@pqcnet/source'],
      serialization: 'advanced',
    });
    const { url } = await answerOf(child);
    return new CollectorProcess(child, url);
  }

  /** ask gives the collector's state after the command. */
  async ask(command: Command): Promise<CollectorState> {
    const answer = answerOf(this.#child);
    this.#child.send(command);
    return answer;
  }

  /** pause stops the process at once, wherever it is (SIGSTOP); the kernel goes on to take connections for it. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  /** resume lets it go on where it was (SIGCONT). */
  resume(): void {
    this.#child.kill('SIGCONT');
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

async function answerOf(child: ChildProcess): Promise<CollectorState> {
  const answered = new AbortController();
  const { signal } = answered;
  try {
    const [answer] = (await Promise.race([
      once(child, 'message', { signal }),
      once(child, 'exit', { signal }).then(([code, by]) => {
        throw new Error(`the collector's process ended: ${String(code ?? by)}`);
      }),
    ])) as [CollectorState];
    return answer;
  } finally {
    // No listener stays behind.
    answered.abort();
  }
}
