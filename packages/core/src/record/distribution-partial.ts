import { type Result, failure, succeeded } from '../result.ts';
import { Cell } from '../state/cell.ts';
import type { Partial } from '../state/partials.ts';
import type { TelemetryError } from '../telemetry-error.ts';
import type { Binding } from './binding.ts';
import { recordAllInRow, recordInRow } from './record-in-row.ts';

/** How many values there is room for at first; four times as many each time that is filled, up to the largest. */
const firstRoom = 8;
const largestRoom = 128;

const noValues: number[] = [];

/**
 * DistributionPartial is what one bound latency or histogram recorded since it was last folded, and its way to its
 * series. It only collects values: to put many of them into their buckets at once is cheaper than one by one.
 */
export class DistributionPartial implements Partial {
  readonly #binding: Binding;
  readonly #validate: (name: string, value: unknown) => TelemetryError | undefined;
  #cell: Cell | undefined = undefined;
  #values: number[] = noValues;
  /** Where the next value goes. */
  #next = 0;
  /** Where the room for values ends: at once while this is not among the state's partials. */
  #end = 0;

  /**
   * Records a value after looking for what was unusual. Bound, since V8 does not inline what is: so `record` stays small
   * enough to be inlined itself, however many first records it has seen.
   */
  readonly recordUnusual: (value: number) => Result<void, TelemetryError> = this.#recordUnusual.bind(this);

  constructor(binding: Binding, validate: (name: string, value: unknown) => TelemetryError | undefined) {
    this.#binding = binding;
    this.#validate = validate;
  }

  /** Records a value; false, and nothing done, for one that is not a finite number, or when there is no room for it. */
  tryRecord(value: number): boolean {
    const next = this.#next;
    // The difference is NaN for what is no finite number.
    if (next >= this.#end || typeof value !== 'number' || value - value !== 0) return false;
    this.#values[next] = value;
    this.#next = next + 1;
    return true;
  }

  #recordUnusual(value: number): Result<void, TelemetryError> {
    const invalid = this.#validate(this.#binding.name, value);
    if (invalid !== undefined) return failure(invalid);
    if (this.#next === 0) return this.#recordFirst(value);
    this.#makeRoom();
    this.tryRecord(value);
    return succeeded;
  }

  /** Enters the state's partials. */
  #recordFirst(value: number): Result<void, TelemetryError> {
    const isLive = this.#cell !== undefined && !this.#cell.isParked;
    const cell = isLive ? this.#cell : this.#binding.resolve();
    if (!(cell instanceof Cell)) return cell ?? succeeded;
    if (cell === cell.metric.overflow) {
      recordInRow(cell, value);
      return succeeded;
    }
    this.#cell = cell;
    if (this.#values === noValues) this.#values = roomFor(firstRoom);
    this.#end = this.#values.length;
    this.tryRecord(value);
    cell.metric.state.partials.add(this);
    return succeeded;
  }

  fold(): void {
    this.#write();
    this.#end = 0;
  }

  #makeRoom(): void {
    this.#write();
    if (this.#end < largestRoom) this.#values = roomFor(4 * this.#end);
    this.#end = this.#values.length;
  }

  #write(): void {
    if (this.#cell !== undefined) recordAllInRow(this.#cell, this.#values, this.#next);
    this.#next = 0;
  }
}

/** An array that V8 keeps as plain doubles, as it is filled with one. */
function roomFor(length: number): number[] {
  return Array.from({ length }, () => 0.5);
}
