import { type Result, succeeded } from '../result.ts';
import { Cell } from '../state/cell.ts';
import type { Partial } from '../state/partials.ts';
import type { TelemetryError } from '../telemetry-error.ts';
import type { Binding } from './binding.ts';
import { recordAllInRow, recordInRow } from './record-in-row.ts';

/** How many values there is room for at first; four times as many each time that is filled, up to the largest. */
const firstRoom = 8;
const largestRoom = 128;

/** The room of what has not recorded yet. */
export const noRoom: number[] = [];

/**
 * DistributionSeries is the way of a bound latency or histogram to its series. They only collect values: to put many of
 * them into their buckets at once is cheaper than one by one.
 */
export class DistributionSeries {
  readonly #binding: Binding;
  #cell: Cell | undefined = undefined;
  /** How often the state's partials had been folded when a value came first after that. */
  #folds = -1;

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  /** The metric's name, for messages. */
  get name(): string {
    return this.#binding.name;
  }

  /** begin enters an instrument in the state's partials; a result where its value is dealt with, and not to be collected. */
  begin(partial: Partial, value: number): Result<void, TelemetryError> | undefined {
    const isLive = this.#cell !== undefined && !this.#cell.isParked;
    const cell = isLive ? this.#cell : this.#binding.resolve();
    if (!(cell instanceof Cell)) return cell ?? succeeded;
    if (cell === cell.metric.overflow) {
      recordInRow(cell, value);
      return succeeded;
    }
    this.#cell = cell;
    const { partials } = cell.metric.state;
    if (this.#folds !== partials.folds && partials.takesAtOnce()) {
      // The first value goes to the row at once. Where there are many instruments, most have no other before someone
      // looks: all of these would be folded then, in one stretch, and in all that would be more work.
      this.#folds = partials.folds;
      recordInRow(cell, value);
      return succeeded;
    }
    partials.add(partial);
    return undefined;
  }

  /** write puts the first `count` of the collected values into their buckets. */
  write(values: readonly number[], count: number): void {
    if (this.#cell !== undefined && count > 0) recordAllInRow(this.#cell, values, count);
  }
}

/** roomAfter gives the room for the next values, after one that had so many in it. */
export function roomAfter(room: number[], count: number): number[] {
  if (room === noRoom) return roomFor(firstRoom);
  return count === room.length && count < largestRoom ? roomFor(4 * count) : room;
}

/** An array that V8 keeps as plain doubles, as it is filled with one. */
function roomFor(length: number): number[] {
  return Array.from({ length }, () => 0.5);
}
