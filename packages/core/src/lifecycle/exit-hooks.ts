import { type Clock, systemClock } from '../clock.ts';
import type { ExitHook } from './exit-hook.ts';
import type { ExitSignal, HostEvent, HostProcess } from './host-process.ts';

/** Marks the listeners of every copy of this package that is loaded, so that they know each other. */
const mark = Symbol.for('@pqcnet/telemetry flushOnExit');

/** How much longer than its deadline a shutdown may take before the process ends without it. */
const graceMs = 500;

const hooksByProcess = new WeakMap<HostProcess, ExitHooks>();

/** exitHooksOf gives the one set of listeners that all handles of a process share. */
export function exitHooksOf(process: HostProcess): ExitHooks {
  let hooks = hooksByProcess.get(process);
  if (hooks === undefined) {
    hooks = new ExitHooks(process, systemClock);
    hooksByProcess.set(process, hooks);
  }
  return hooks;
}

/** ExitHooks flushes handles when their process ends, and changes nothing about how it ends. */
export class ExitHooks {
  readonly #process: HostProcess;
  readonly #clock: Clock;
  readonly #hooks = new Set<ExitHook>();
  readonly #listeners = new Map<HostEvent, () => void>();
  /** Whether a signal came whose flush is not over. */
  #isAnsweringSignal = false;
  /** Whether there was an uncaught error that a listener of the host took. */
  #hasSurvivedError = false;

  constructor(process: HostProcess, clock: Clock) {
    this.#process = process;
    this.#clock = clock;
  }

  /** add puts a hook on, and gives what takes it off. */
  add(hook: ExitHook): () => void {
    this.#hooks.add(hook);
    for (const signal of hook.signals) this.#listen(signal, () => this.#onSignal(signal));
    this.#listen('beforeExit', () => this.#onBeforeExit());
    this.#listen('uncaughtExceptionMonitor', () => this.#onUncaughtError());
    this.#listen('exit', () => this.#onExit());
    return () => {
      this.#hooks.delete(hook);
      const wanted = new Set<HostEvent>([...this.#hooks].flatMap(({ signals }) => signals));
      for (const event of this.#listeners.keys()) {
        if (this.#hooks.size === 0 || (event.startsWith('SIG') && !wanted.has(event))) this.#ignore(event);
      }
    };
  }

  #listen(event: HostEvent, onEvent: () => void): void {
    if (this.#listeners.has(event)) return;
    const listener = Object.assign(onEvent, { [mark]: true });
    this.#listeners.set(event, listener);
    // Before the others: one that listens once is gone from the list when its turn is over.
    if (event.startsWith('SIG')) this.#process.prependListener(event, listener);
    else this.#process.on(event, listener);
  }

  #ignore(event: HostEvent): void {
    const listener = this.#listeners.get(event);
    if (listener !== undefined) this.#process.off(event, listener);
    this.#listeners.delete(event);
  }

  #onSignal(signal: ExitSignal): void {
    const isFirst = !this.#isAnsweringSignal;
    if (this.#livesOnAfter(signal)) {
      if (isFirst) void this.#answer(signal, (hook) => hook.flush());
    } else if (isFirst) {
      void this.#answer(signal, (hook) => hook.shutdown()).then(() => this.#raise(signal));
    } else {
      this.#raise(signal);
    }
  }

  /** Whether someone else decides what the signal does. To the first process of a container it does nothing by itself. */
  #livesOnAfter(signal: ExitSignal): boolean {
    return this.#process.pid === 1 || this.#process.listeners(signal).some((listener) => !isOurs(listener));
  }

  async #answer(signal: ExitSignal, act: (hook: ExitHook) => Promise<unknown>): Promise<void> {
    const hooks = [...this.#hooks].filter(({ signals }) => signals.includes(signal));
    this.#isAnsweringSignal = true;
    const overdue = Promise.withResolvers<void>();
    const timeoutMs = Math.max(0, ...hooks.map((hook) => hook.timeoutMs));
    // A shutdown that was begun before the signal came has a deadline of its own.
    const cancel = this.#clock.schedule(overdue.resolve, timeoutMs + graceMs, { keepsProcessAlive: true });
    await Promise.race([Promise.allSettled(hooks.map(act)), overdue.promise]);
    cancel();
    // What was warned of is printed in the turn after.
    await new Promise((resolve) => setImmediate(resolve));
    this.#isAnsweringSignal = false;
  }

  /** Has the signal do what it does when nobody listens. Of several copies of this package the last one does it. */
  #raise(signal: ExitSignal): void {
    this.#ignore(signal);
    if (this.#process.listeners(signal).some(isOurs)) return;
    this.#process.kill(this.#process.pid, signal);
  }

  #onBeforeExit(): void {
    for (const hook of this.#hooks) hook.flushBeforeExit();
  }

  #onUncaughtError(): void {
    // With a listener of the host's own the process may live on, and is not to be blocked.
    const { length } = this.#process.listeners('uncaughtException');
    if (length > 0 || this.#process.hasUncaughtExceptionCaptureCallback()) this.#hasSurvivedError = true;
    else this.#flushSync([...this.#hooks]);
  }

  #onExit(): void {
    this.#flushSync([...this.#hooks].filter((hook) => hook.atProcessExit || this.#hasSurvivedError));
  }

  /** One handle after another, all within the time of one. */
  #flushSync(hooks: readonly ExitHook[]): void {
    const begunMs = this.#clock.monotonicMs();
    for (const hook of hooks) hook.flushSync(this.#clock.monotonicMs() - begunMs);
  }
}

function isOurs(listener: unknown): boolean {
  return typeof listener === 'function' && mark in listener;
}
