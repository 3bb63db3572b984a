import { type Result, failure, succeeded } from '../result.ts';
import { Cell, parkedValues } from '../state/cell.ts';
import { ExplicitBounds } from '../state/explicit-bounds.ts';
import { addMoments, histogramRow } from '../state/histogram-row.ts';
import type { Partial } from '../state/state.ts';
import type { TelemetryError } from '../telemetry-error.ts';
import type { Binding } from './binding.ts';
import { recordInRow } from './record-in-row.ts';

const noBounds = new ExplicitBounds([]);
const emptyMoments = [0, Infinity, -Infinity] as const;
const noRow = new Float64Array(0);
/** Where in the row the buckets begin. */
const buckets = 3;

/**
 * DistributionPartial is what one bound latency or histogram recorded since it was last folded, and its way to its
 * series. Exponential buckets have no partials: there each value goes to the series at once.
 */
export class DistributionPartial implements Partial {
  readonly #binding: Binding;
  readonly #validate: (name: string, value: unknown) => TelemetryError | undefined;
  #cell: Cell | undefined = undefined;
  /** The same cell when it has exponential buckets. */
  #exponential: Cell | undefined = undefined;
  #bounds: ExplicitBounds = noBounds;
  /** Sum, min and max, and then the count of each bucket: all that a record touches lies together. */
  #row: Float64Array = noRow;
  /** Whether it is among the state's partials: only then does it record. */
  #isOpen = false;

  constructor(binding: Binding, validate: (name: string, value: unknown) => TelemetryError | undefined) {
    this.#binding = binding;
    this.#validate = validate;
  }

  /** Records a value; false, and nothing done, for one that is not a finite number, or when it is not open. */
  tryRecord(value: number): boolean {
    if (!this.#isOpen) return recordInRow(this.#exponential, value);
    // The difference is NaN for what is no finite number.
    if (typeof value !== 'number' || value - value !== 0) return false;
    const row = this.#row;
    const place = buckets + this.#bounds.find(value);
    row[place] = (row[place] as number) + 1;
    row[0] = (row[0] as number) + value;
    if (value < (row[1] as number)) row[1] = value;
    if (value > (row[2] as number)) row[2] = value;
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
      this.#exponential = cell;
      recordInRow(cell, value);
      return succeeded;
    }
    if (this.#row.length === 0)
      this.#row = Float64Array.of(...emptyMoments, ...metric.bounds.map(() => 0), 0);
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
    const row = this.#row;
    addMoments(values, offset + histogramRow.windowSum, row, 0);
    row.set(emptyMoments);
    for (let i = buckets, place = offset + histogramRow.buckets; i < row.length; i++, place++) {
      values[place] = (values[place] as number) + (row[i] as number);
      row[i] = 0;
    }
  }
}
