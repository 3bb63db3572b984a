import { describeValue } from '../describe-value.ts';
import { type Result, failure, succeeded } from '../result.ts';
import type { Partial } from '../state/partials.ts';
import { TelemetryError } from '../telemetry-error.ts';
import type { Binding } from './binding.ts';
import { DistributionSeries, noRoom, roomAfter } from './distribution-series.ts';

/** Histogram is a histogram bound to one series: it records without looking anything up. */
export class Histogram implements Partial {
  // The same as in a Latency, which says why.
  #next = 0;
  #end = 0;
  #room = noRoom;
  readonly #series: DistributionSeries;
  readonly #recordUnusual: (value: number) => Result<void, TelemetryError> = this.#recordUnusually.bind(this);

  /** @internal */
  constructor(binding: Binding) {
    this.#series = new DistributionSeries(binding);
  }

  /**
   * record puts a value into its bucket and allocates nothing.
   *
   * @param value any finite number, in the metric's unit
   * @returns an error, with the state untouched: `INVALID_VALUE` for any other value; `SHUT_DOWN`; or whatever kept
   *   the instrument from being made
   */
  record(value: number): Result<void, TelemetryError> {
    const next = this.#next;
    // The difference is NaN for what is no finite number.
    if (next < this.#end && typeof value === 'number' && value - value === 0) {
      this.#room[next] = value;
      this.#next = next + 1;
      return succeeded;
    }
    return this.#recordUnusual(value);
  }

  /** @internal */
  fold(): number {
    const count = this.#next;
    this.#series.write(this.#room, count);
    this.#next = 0;
    this.#end = 0;
    return count;
  }

  #recordUnusually(value: number): Result<void, TelemetryError> {
    const invalid = validateHistogramValue(this.#series.name, value);
    if (invalid !== undefined) return failure(invalid);
    const count = this.#next;
    const done = count === 0 ? this.#series.begin(this, value) : undefined;
    if (done !== undefined) return done;
    this.#series.write(this.#room, count);
    this.#room = roomAfter(this.#room, count);
    this.#next = 0;
    this.#end = this.#room.length;
    return this.record(value);
  }
}

/** The `INVALID_VALUE` error of a value that no histogram can record. */
export function validateHistogramValue(name: string, value: unknown): TelemetryError | undefined {
  if (Number.isFinite(value)) return undefined;
  return new TelemetryError(
    'INVALID_VALUE',
    `Histogram ${describeValue(name)} can't record ${describeValue(value)}: expected a finite number.`,
  );
}
