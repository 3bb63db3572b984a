/** ExitSignal is a signal that ends a process which does not listen to it. */
export type ExitSignal = (typeof exitSignals)[number];

/** exitSignals are those that a process can listen to and that Node keeps for no purpose of its own. */
export const exitSignals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGBREAK'] as const;

/** HostEvent is what a process says about its end. */
export type HostEvent = ExitSignal | 'beforeExit' | 'exit' | 'uncaughtExceptionMonitor' | 'uncaughtException';

/** HostProcess is the part of Node's `process` that has to do with its end; swap it in tests. */
export interface HostProcess {
  /** The id of the process, to send itself a signal. */
  readonly pid: number;
  /** Adds a listener behind those that are there. */
  on(event: HostEvent, listener: () => void): unknown;
  /** Adds a listener before those that are there. */
  prependListener(event: HostEvent, listener: () => void): unknown;
  /** Takes a listener away. */
  off(event: HostEvent, listener: () => void): unknown;
  /** The listeners that are there. */
  listeners(event: HostEvent): readonly unknown[];
  /** Whether uncaught errors go to a callback, and so do not end the process. */
  hasUncaughtExceptionCaptureCallback(): boolean;
  /** Sends a signal. */
  kill(pid: number, signal: ExitSignal): unknown;
}
