import { invalidOption, longestTimerMs } from '../handle-options.ts';
import { type ExitSignal, type HostProcess, exitSignals } from './host-process.ts';

/** FlushOnExitOptions says at which ends of the process a handle is flushed, and how long that may take. */
export interface FlushOnExitOptions {
  /** The time that the last flush may take, in milliseconds: 1 to 2^31 − 1. Default 2000. */
  readonly timeoutMs?: number | undefined;
  /** The signals. Default `SIGTERM` and `SIGINT`. */
  readonly signals?: readonly ExitSignal[] | undefined;
  /** Whether `process.exit()` waits for a last flush, which blocks the process. Default false. */
  readonly atProcessExit?: boolean | undefined;
  /** The process that ends. Default: Node's. */
  readonly process?: HostProcess | undefined;
}

/** CheckedFlushOnExitOptions are the options, complete and valid. */
export interface CheckedFlushOnExitOptions {
  readonly timeoutMs: number;
  readonly signals: readonly ExitSignal[];
  readonly atProcessExit: boolean;
  readonly process: HostProcess;
}

/** checkFlushOnExitOptions fills in what was left out. Throws a TelemetryError with `INVALID_OPTIONS` for the rest. */
export function checkFlushOnExitOptions(options: FlushOnExitOptions): CheckedFlushOnExitOptions {
  const { timeoutMs = 2000, signals = ['SIGTERM', 'SIGINT'], atProcessExit = false } = options;
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > longestTimerMs) {
    throw invalidOption('timeoutMs', timeoutMs, `an integer from 1 to ${longestTimerMs}`);
  }
  if (!Array.isArray(signals)) throw invalidOption('signals', signals, 'an array');
  for (const signal of signals) {
    if (!exitSignals.includes(signal)) throw invalidOption('signals', signal, exitSignals.join(', '));
  }
  if (typeof atProcessExit !== 'boolean') {
    throw invalidOption('atProcessExit', atProcessExit, 'true or false');
  }
  // The one place where the hook meets the process it is in.
  return { timeoutMs, signals: [...new Set(signals)], atProcessExit, process: options.process ?? process };
}
