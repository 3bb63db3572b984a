import type { Clock } from '../clock.ts';
import { describeValue } from '../describe-value.ts';
import { type Result, failure, succeeded } from '../result.ts';
import type { Partial } from '../state/partials.ts';
import { TelemetryError } from '../telemetry-error.ts';
import type { Binding } from './binding.ts';
import { DistributionSeries, noRoom, roomAfter } from './distribution-series.ts';
import { runTimed } from './run-timed.ts';

/** Latency is a histogram of milliseconds bound to one series: it records without looking anything up. */
export class Latency implements Partial {
  // What each record needs comes first, and is in this object itself: so it lies together in memory.
  /** Where the next value goes. */
  #next = 0;
  /** Where the room for values ends: at once while this is not among the state's partials. */
  #end = 0;
  #room = noRoom;
  readonly #series: DistributionSeries;
  readonly #clock: Clock;
  /**
   * Records a value after looking for what was unusual. Bound, since V8 does not inline what is: so `record` stays small
   * enough to be inlined itself, however many first records it has seen.
   */
  readonly #recordUnusual: (milliseconds: number) => Result<void, TelemetryError> =
    this.#recordUnusually.bind(this);

  /** @internal */
  constructor(binding: Binding, clock: Clock) {
    this.#series = new DistributionSeries(binding);
    this.#clock = clock;
  }

  /**
   * record puts a duration into its bucket and allocates nothing.
   *
   * @param milliseconds a finite number ≥ 0
   * @returns an error, with the state untouched: `INVALID_VALUE` for any other value; `SHUT_DOWN`; or whatever kept
   *   the instrument from being made
   */
  record(milliseconds: number): Result<void, TelemetryError> {
    const next = this.#next;
    // The type first: comparing what is no number can throw. The difference is NaN for what is not finite.
    if (
      next < this.#end &&
      typeof milliseconds === 'number' &&
      milliseconds >= 0 &&
      milliseconds - milliseconds === 0
    ) {
      this.#room[next] = milliseconds;
      this.#next = next + 1;
      return succeeded;
    }
    return this.#recordUnusual(milliseconds);
  }

  /** start begins a measurement. The function it returns records the time since, each time it is called. */
  start(): () => Result<void, TelemetryError> {
    const begunMs = this.#clock.monotonicMs();
    return () => this.record(this.#clock.monotonicMs() - begunMs);
  }

  /**
   * time runs a function and records how long it took; for one that returns a promise, until that settles. What it
   * returns or throws passes through.
   */
  time<T>(run: () => T): T {
    return runTimed(run, this.start());
  }

  /** @internal */
  fold(): number {
    const count = this.#next;
    this.#series.write(this.#room, count);
    this.#next = 0;
    this.#end = 0;
    return count;
  }

  #recordUnusually(milliseconds: number): Result<void, TelemetryError> {
    const invalid = validateLatency(this.#series.name, milliseconds);
    if (invalid !== undefined) return failure(invalid);
    const count = this.#next;
    const done = count === 0 ? this.#series.begin(this, milliseconds) : undefined;
    if (done !== undefined) return done;
    this.#series.write(this.#room, count);
    this.#room = roomAfter(this.#room, count);
    this.#next = 0;
    this.#end = this.#room.length;
    return this.record(milliseconds);
  }
}

/** The `INVALID_VALUE` error of a value that no latency can record. */
export function validateLatency(name: string, milliseconds: unknown): TelemetryError | undefined {
  if (Number.isFinite(milliseconds) && (milliseconds as number) >= 0) return undefined;
  return new TelemetryError(
    'INVALID_VALUE',
    `Latency ${describeValue(name)} can't record ${describeValue(milliseconds)}: expected a finite number of milliseconds, not below 0.`,
  );
}
