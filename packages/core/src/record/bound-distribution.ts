import { type Result, failure, succeeded } from '../result.ts';
import { Cell, parkedValues } from '../state/cell.ts';
import type { TelemetryError } from '../telemetry-error.ts';
import type { Binding } from './binding.ts';
import { DistributionPartial } from './distribution-partial.ts';
import { tryRecord } from './histogram.ts';

/** BoundDistribution leads a bound latency or histogram to its series: by a partial of its own, where there can be one. */
export class BoundDistribution {
  readonly #binding: Binding;
  readonly #validate: (name: string, value: unknown) => TelemetryError | undefined;
  #partial: DistributionPartial | undefined = undefined;
  /** The cell, for exponential buckets: they have no partials. */
  #cell: Cell | undefined = undefined;

  constructor(binding: Binding, validate: (name: string, value: unknown) => TelemetryError | undefined) {
    this.#binding = binding;
    this.#validate = validate;
  }

  /** Does the usual case; false, and nothing done, for all else. */
  tryRecord(value: number): boolean {
    return this.#partial === undefined ? tryRecord(this.#cell, value) : this.#partial.tryRecord(value);
  }

  recordUnusual(value: number): Result<void, TelemetryError> {
    const invalid = this.#validate(this.#binding.name, value);
    if (invalid !== undefined) return failure(invalid);
    const cell = this.#liveCell();
    if (!(cell instanceof Cell)) return cell;
    if (cell === cell.metric.overflow) {
      tryRecord(cell, value);
      return succeeded;
    }
    if (cell.metric.buckets !== undefined) {
      this.#cell = cell;
    } else {
      if (this.#partial?.cell !== cell) this.#partial = new DistributionPartial(cell);
      this.#partial.open();
    }
    this.tryRecord(value);
    return succeeded;
  }

  #liveCell(): Cell | Result<void, TelemetryError> {
    const cell = this.#partial?.cell ?? this.#cell;
    return cell === undefined || cell.values === parkedValues ? this.#binding.resolve() : cell;
  }
}
