import type { Clock } from '../clock.ts';
import { describeValue } from '../describe-value.ts';
import { type Result, succeeded } from '../result.ts';
import { TelemetryError } from '../telemetry-error.ts';
import type { Binding } from './binding.ts';
import { DistributionPartial } from './distribution-partial.ts';
import { runTimed } from './run-timed.ts';

/** Latency is a histogram of milliseconds bound to one series: it records without looking anything up. */
export class Latency {
  readonly #partial: DistributionPartial;
  readonly #clock: Clock;

  /** @internal */
  constructor(binding: Binding, clock: Clock) {
    this.#partial = new DistributionPartial(binding, validateLatency);
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
    // The type first: comparing what is no number can throw.
    return typeof milliseconds === 'number' && milliseconds >= 0 && this.#partial.tryRecord(milliseconds)
      ? succeeded
      : this.#partial.recordUnusual(milliseconds);
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
}

/** The `INVALID_VALUE` error of a value that no latency can record. */
export function validateLatency(name: string, milliseconds: unknown): TelemetryError | undefined {
  if (Number.isFinite(milliseconds) && (milliseconds as number) >= 0) return undefined;
  return new TelemetryError(
    'INVALID_VALUE',
    `Latency ${describeValue(name)} can't record ${describeValue(milliseconds)}: expected a finite number of milliseconds, not below 0.`,
  );
}
