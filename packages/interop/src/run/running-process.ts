import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { waitUntil } from './wait-until.ts';

/** ProcessOptions is how a receiver's program is run. */
export interface ProcessOptions {
  readonly title: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Variables besides those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Says whether the process is ready, by what it said since it began; asked again after `false` or an error. */
  readonly isReady: (said: string) => Promise<boolean>;
}

/** How much of a process' output is kept: the last characters. */
const keptOutput = 64 * 1024;

/** How long a process may take to end at SIGTERM. */
const endingMs = 20_000;

const started = new Set<RunningProcess>();

/** takeStartedProcesses gives all that ran since it was last asked, for whoever wants to show what they said. */
export function takeStartedProcesses(): readonly RunningProcess[] {
  const all = [...started];
  for (const each of all) if (each.hasEnded) started.delete(each);
  return all;
}

/** RunningProcess is a receiver's process, which never outlives this one. */
export class RunningProcess implements AsyncDisposable {
  readonly title: string;
  readonly #options: ProcessOptions;
  #child: ChildProcess;
  #output = '';
  #saidSinceStart = '';

  private constructor(options: ProcessOptions) {
    this.title = options.title;
    this.#options = options;
    this.#child = this.#spawn();
    started.add(this);
    process.on('exit', this.#endAtExit);
  }

  /**
   * start runs a program and waits until it is ready.
   *
   * @throws Error with its output when it ends before, or isn't ready in time
   */
  static async start(options: ProcessOptions): Promise<RunningProcess> {
    const running = new RunningProcess(options);
    try {
      await running.#waitUntilReady();
      return running;
    } catch (error) {
      await running.kill();
      throw error;
    }
  }

  /** What the process said on its standard output and error: the end of it. */
  get output(): string {
    return this.#output;
  }

  /** Whether the process is gone. */
  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /**
   * pause stops the process wherever it is (SIGSTOP); the kernel goes on to take connections for it. On a busy machine
   * the signal reaches a program's last thread only after a while: where that can be seen, it is waited for.
   */
  async pause(): Promise<void> {
    this.#child.kill('SIGSTOP');
    const tasks = `/proc/${this.#child.pid}/task`;
    if (existsSync(tasks)) await waitUntil(`for ${this.title} to stand still`, () => allStandStill(tasks));
  }

  /** resume lets it go on where it was (SIGCONT). */
  resume(): void {
    this.#child.kill('SIGCONT');
  }

  /** kill ends the process without giving it a chance to save anything. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** stop asks the process to end, and sees to it that it does. */
  async stop(): Promise<void> {
    this.resume();
    const killing = setTimeout(() => this.#child.kill('SIGKILL'), endingMs);
    await this.#end('SIGTERM');
    clearTimeout(killing);
  }

  /** startAgain runs the same program with the same arguments after it ended. */
  async startAgain(): Promise<void> {
    this.#child = this.#spawn();
    await this.#waitUntilReady();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    process.off('exit', this.#endAtExit);
  }

  readonly #endAtExit = (): void => {
    this.#child.kill('SIGKILL');
  };

  #spawn(): ChildProcess {
    const { program, args, environment = {} } = this.#options;
    this.#saidSinceStart = '';
    const child = spawn(program, args, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (text: string): void => {
      this.#output = (this.#output + text).slice(-keptOutput);
      this.#saidSinceStart = (this.#saidSinceStart + text).slice(-keptOutput);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    return child;
  }

  async #waitUntilReady(): Promise<void> {
    const { title, isReady } = this.#options;
    await once(this.#child, 'spawn');
    const closed = once(this.#child, 'close');
    const isUp = await waitUntil(`for ${title} to be ready`, async () => {
      if (this.hasEnded) return { ready: false };
      return (await isReady(this.#saidSinceStart)) && { ready: true };
    });
    if (isUp.ready) return;
    await closed;
    throw new Error(`${title} ended at once; it said:\n${this.#saidSinceStart}`);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.hasEnded || this.#child.pid === undefined) return;
    const ended = once(this.#child, 'close');
    this.#child.kill(signal);
    await ended;
  }
}

/** Whether each thread of a process is stopped, by the state behind its name in parentheses. Source: proc(5). */
async function allStandStill(tasks: string): Promise<boolean> {
  const threads = await readdir(tasks);
  const stats = await Promise.all(threads.map((thread) => readFile(join(tasks, thread, 'stat'), 'utf8')));
  return stats.every((stat) => stat.slice(stat.lastIndexOf(')')).startsWith(') T'));
}
