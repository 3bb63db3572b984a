import { EventEmitter } from 'node:events';
import type { HostEvent, HostProcess } from '../lifecycle/host-process.ts';

/** FakeProcess is a process that ends only on paper. */
export class FakeProcess implements HostProcess {
  pid = 4242;
  hasCaptureCallback = false;
  /** The signals it sent itself while nobody listened to them: the first one would have ended it. */
  readonly endedBy: string[] = [];
  readonly #events = new EventEmitter();

  on(event: HostEvent, listener: () => void): void {
    this.#events.on(event, listener);
  }

  once(event: HostEvent, listener: () => void): void {
    this.#events.once(event, listener);
  }

  prependListener(event: HostEvent, listener: () => void): void {
    this.#events.prependListener(event, listener);
  }

  off(event: HostEvent, listener: () => void): void {
    this.#events.off(event, listener);
  }

  listeners(event: HostEvent): readonly unknown[] {
    return this.#events.listeners(event);
  }

  /** How many listeners there are, by event. */
  get listening(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      this.#events.eventNames().map((name) => [String(name), this.#events.listenerCount(name)]),
    );
  }

  hasUncaughtExceptionCaptureCallback(): boolean {
    return this.hasCaptureCallback;
  }

  kill(pid: number, signal: HostEvent): void {
    if (pid !== this.pid) throw new Error(`${pid} is another process`);
    if (!this.emit(signal)) this.endedBy.push(signal);
  }

  emit(event: HostEvent): boolean {
    return this.#events.emit(event);
  }
}
