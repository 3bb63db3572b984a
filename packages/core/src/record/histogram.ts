import { describeValue } from '../describe-value.ts';
import { type Result, succeeded } from '../result.ts';
import { type Cell, parkedValues } from '../state/cell.ts';
import { histogramRow } from '../state/histogram-row.ts';
import { TelemetryError } from '../telemetry-error.ts';
import type { Binding } from './binding.ts';
import { DistributionPartial } from './distribution-partial.ts';

/** Histogram is a histogram bound to one series: it records without looking anything up. */
export class Histogram {
  readonly #partial: DistributionPartial;

  /** @internal */
  constructor(binding: Binding) {
    this.#partial = new DistributionPartial(binding, validateValue);
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

/** tryRecord does the usual case. False, and nothing done, for a value that is not finite or where there is no series. */
export function tryRecord(cell: Cell | undefined, value: number): boolean {
  // The difference is NaN for what is no finite number.
  if (cell === undefined || typeof value !== 'number' || value - value !== 0) return false;
  const { values, offset } = cell;
  if (values === parkedValues) return false;
  const { metric } = cell;
  if (metric.buckets === undefined) {
    const bucket = offset + histogramRow.buckets + metric.explicitBounds.find(value);
    values[bucket] = (values[bucket] as number) + 1;
  } else {
    metric.ownBuckets(cell.row).record(value);
    const count = offset + histogramRow.buckets;
    values[count] = (values[count] as number) + 1;
  }
  const sum = offset + histogramRow.windowSum;
  values[sum] = (values[sum] as number) + value;
  const min = offset + histogramRow.windowMin;
  if (value < (values[min] as number)) values[min] = value;
  const max = offset + histogramRow.windowMax;
  if (value > (values[max] as number)) values[max] = value;
  return true;
}

/** The `INVALID_VALUE` error of a value that no histogram can record. */
function validateValue(name: string, value: unknown): TelemetryError | undefined {
  if (Number.isFinite(value)) return undefined;
  return new TelemetryError(
    'INVALID_VALUE',
    `Histogram ${describeValue(name)} can't record ${describeValue(value)}: expected a finite number.`,
  );
}
