import type { FlushResult } from '../reader/flush-result.ts';
import type { TelemetryHandle } from '../telemetry-handle.ts';
import type { CheckedFlushOnExitOptions } from './flush-on-exit-options.ts';
import type { ExitSignal } from './host-process.ts';

type Flushed = Pick<TelemetryHandle, 'account' | 'flush' | 'flushSync' | 'shutdown'>;

/** ExitHook is one handle that is to be flushed when the process ends. */
export class ExitHook {
  readonly signals: readonly ExitSignal[];
  readonly timeoutMs: number;
  readonly atProcessExit: boolean;
  readonly #telemetry: Flushed;
  readonly #onFlushed: (result: FlushResult) => void;
  #hasFlushedBeforeExit = false;
  /** How much had been recorded when this hook last did what it could about it. */
  #doneAt: bigint | undefined = undefined;

  constructor(
    telemetry: Flushed,
    options: Omit<CheckedFlushOnExitOptions, 'process'> & {
      /** Gets the results, which nobody else does. */
      readonly onFlushed: (result: FlushResult) => void;
    },
  ) {
    this.#telemetry = telemetry;
    this.#onFlushed = options.onFlushed;
    this.signals = options.signals;
    this.timeoutMs = options.timeoutMs;
    this.atProcessExit = options.atProcessExit;
  }

  async flush(): Promise<void> {
    const { recorded } = this.#telemetry.account();
    // There may be no later flush to wait for after an earlier failure.
    const result = await this.#telemetry.flush({ timeoutMs: this.timeoutMs, force: true });
    this.#onFlushed(result);
    // Where the process ends next there is no time for another attempt.
    if (result.ok || this.#hasFlushedBeforeExit) this.#doneAt = recorded;
  }

  async shutdown(): Promise<void> {
    this.#onFlushed(await this.#telemetry.shutdown({ timeoutMs: this.timeoutMs }));
  }

  /** Once: what a flush schedules has the event come again. */
  flushBeforeExit(): void {
    if (this.#hasFlushedBeforeExit) return;
    this.#hasFlushedBeforeExit = true;
    void this.flush();
  }

  /** Flushes before it returns, in the time that is left, what this hook has not dealt with yet. */
  flushSync(elapsedMs: number): void {
    const leftMs = Math.ceil(this.timeoutMs - elapsedMs);
    try {
      const { recorded } = this.#telemetry.account();
      if (leftMs < 1 || this.#doneAt === recorded) return;
      const result = this.#telemetry.flushSync({ timeoutMs: leftMs });
      if (result !== undefined) this.#onFlushed(result);
      this.#doneAt = recorded;
    } catch {
      // An error here would take the place of the one that the process dies of.
    }
  }
}
