import { type Result, failure, succeeded } from '../result.ts';
import { Cell, parkedValues } from '../state/cell.ts';
import { ExplicitBounds } from '../state/explicit-bounds.ts';
import { histogramRow } from '../state/histogram-row.ts';
import type { Partial } from '../state/state.ts';
import type { TelemetryError } from '../telemetry-error.ts';
import type { Binding } from './binding.ts';
import { recordInRow } from './record-in-row.ts';

const noBounds = new ExplicitBounds([]);
const noCounts = new Float64Array(0);

/**
 * DistributionPartial is what one bound latency or histogram recorded since it was last folded, and its way to its
 * series. Exponential buckets have no partials: there each value goes to the series at once.
 */
export class DistributionPartial implements Partial {
  readonly #binding: Binding;
  readonly #validate: (name: string, value: unknown) => TelemetryError | undefined;
  #cell: Cell | undefined = undefined;
  #bounds: ExplicitBounds = noBounds;
  #counts: Float64Array = noCounts;
  #sum = 0;
  #min = Infinity;
  #max = -Infinity;
  /** Whether it is among the state's partials: only then does it record. */
  #isOpen = false;

  constructor(binding: Binding, validate: (name: string, value: unknown) => TelemetryError | undefined) {
    this.#binding = binding;
    this.#validate = validate;
    // So that V8 keeps them as doubles from the start.
    this.#sum = 0.5;
    this.#sum = 0;
  }

  /** Records a value; false, and nothing done, for one that is not a finite number, or when it is not open. */
  tryRecord(value: number): boolean {
    // The difference is NaN for what is no finite number.
    if (!this.#isOpen || typeof value !== 'number' || value - value !== 0) return false;
    const counts = this.#counts;
    const bucket = this.#bounds.find(value);
    counts[bucket] = (counts[bucket] as number) + 1;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    return true;
  }

  /** Records a value after looking for what was unusual. */
  recordUnusual(value: number): Result<void, TelemetryError> {
    const invalid = this.#validate(this.#binding.name, value);
    if (invalid !== undefined) return failure(invalid);
    const isLive = this.#cell !== undefined && this.#cell.values !== parkedValues;
    const cell = isLive ? this.#cell : this.#binding.resolve();
    if (!(cell instanceof Cell)) return cell ?? succeeded;
    const { metric } = cell;
    if (cell === metric.overflow) {
      recordInRow(cell, value);
      return succeeded;
    }
    this.#cell = cell;
    if (metric.buckets !== undefined) {
      recordInRow(cell, value);
      return succeeded;
    }
    if (this.#counts.length === 0) this.#counts = new Float64Array(metric.bounds.length + 1);
    this.#bounds = metric.explicitBounds;
    this.#isOpen = true;
    this.tryRecord(value);
    metric.state.addPartial(this);
    return succeeded;
  }

  fold(): void {
    this.#isOpen = false;
    if (this.#cell === undefined) return;
    const { values, offset } = this.#cell;
    const counts = this.#counts;
    for (let bucket = 0; bucket < counts.length; bucket++) {
      const place = offset + histogramRow.buckets + bucket;
      values[place] = (values[place] as number) + (counts[bucket] as number);
      counts[bucket] = 0;
    }
    const sum = offset + histogramRow.windowSum;
    values[sum] = (values[sum] as number) + this.#sum;
    const min = offset + histogramRow.windowMin;
    if (this.#min < (values[min] as number)) values[min] = this.#min;
    const max = offset + histogramRow.windowMax;
    if (this.#max > (values[max] as number)) values[max] = this.#max;
    this.#sum = 0;
    this.#min = Infinity;
    this.#max = -Infinity;
  }
}
