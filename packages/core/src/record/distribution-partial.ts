import type { Cell } from '../state/cell.ts';
import type { ExplicitBounds } from '../state/explicit-bounds.ts';
import { histogramRow } from '../state/histogram-row.ts';
import type { Partial } from '../state/state.ts';

/** DistributionPartial is what one bound histogram with explicit bounds recorded since it was last folded. */
export class DistributionPartial implements Partial {
  /** Where it is folded into. */
  readonly cell: Cell;
  readonly #bounds: ExplicitBounds;
  readonly #counts: Float64Array;
  #sum = 0;
  #min = Infinity;
  #max = -Infinity;
  /** Whether it is among the state's partials. */
  #isOpen = false;

  constructor(cell: Cell) {
    this.cell = cell;
    this.#bounds = cell.metric.explicitBounds;
    this.#counts = new Float64Array(cell.metric.bounds.length + 1);
  }

  /** Records a value; false, and nothing done, for one that is not finite, or when it is to be opened first. */
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

  /** open makes it one of the state's partials. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.cell.metric.state.addPartial(this);
  }

  fold(): void {
    this.#isOpen = false;
    const { values, offset } = this.cell;
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
