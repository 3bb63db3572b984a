import type { Clock } from '../clock.ts';

/**
 * FlushSchedule calls back on a steady beat: late calls don't shift the later ones, and beats that were missed
 * altogether are not made up for. It never keeps the process alive.
 */
export class FlushSchedule {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #onBeat: () => void;
  #nextMs: number;
  #cancel: () => void = () => {};

  constructor(options: { readonly clock: Clock; readonly intervalMs: number; readonly onBeat: () => void }) {
    this.#clock = options.clock;
    this.#intervalMs = options.intervalMs;
    this.#onBeat = options.onBeat;
    this.#nextMs = this.#clock.monotonicMs();
    this.#scheduleNext();
  }

  stop(): void {
    this.#cancel();
  }

  #scheduleNext(): void {
    const nowMs = this.#clock.monotonicMs();
    const missed = Math.max(0, Math.floor((nowMs - this.#nextMs) / this.#intervalMs));
    this.#nextMs += (missed + 1) * this.#intervalMs;
    this.#cancel = this.#clock.schedule(() => this.#beat(), this.#nextMs - nowMs, {
      keepsProcessAlive: false,
    });
  }

  #beat(): void {
    this.#scheduleNext();
    this.#onBeat();
  }
}
