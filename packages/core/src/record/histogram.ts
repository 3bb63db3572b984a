import { describeValue } from '../describe-value.ts';
import { type Result, succeeded } from '../result.ts';
import { TelemetryError } from '../telemetry-error.ts';
import type { Binding } from './binding.ts';
import { DistributionPartial } from './distribution-partial.ts';

/** Histogram is a histogram bound to one series: it records without looking anything up. */
export class Histogram {
  readonly #partial: DistributionPartial;

  /** @internal */
  constructor(binding: Binding) {
    this.#partial = new DistributionPartial(binding, validateHistogramValue);
  }

  /**
   * record puts a value into its bucket and allocates nothing.
   *
   * @param value any finite number, in the metric's unit
   * @returns an error, with the state untouched: `INVALID_VALUE` for any other value; `SHUT_DOWN`; or whatever kept
   *   the instrument from being made
   */
  record(value: number): Result<void, TelemetryError> {
    return this.#partial.tryRecord(value) ? succeeded : this.#partial.recordUnusual(value);
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
