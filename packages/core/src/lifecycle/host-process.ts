/** ExitSignal is a signal that ends a process which does not listen to it. */
export type ExitSignal = (typeof exitSignals)[number];

/** exitSignals are those that a process can listen to and that Node keeps for no purpose of its own. */
export const exitSignals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGBREAK'] as const;

/** HostEvent is what a process says about its end. */
export type HostEvent = ExitSignal | 'beforeExit' | 'exit' | 'uncaughtExceptionMonitor' | 'uncaughtException';

/** HostProcess is the part of Node's `process` that has to do with its end; swap it in tests. */
export interface HostProcess {
  readonly pid: number;
  on(event: HostEvent, listener: () => void): unknown;
  prependListener(event: HostEvent, listener: () => void): unknown;
  off(event: HostEvent, listener: () => void): unknown;
  listeners(event: HostEvent): readonly unknown[];
  hasUncaughtExceptionCaptureCallback(): boolean;
  kill(pid: number, signal: ExitSignal): unknown;
}
