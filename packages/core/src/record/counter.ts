import { describeValue } from '../describe-value.ts';
import { type Result, failure, succeeded } from '../result.ts';
import { Cell, parkedValues } from '../state/cell.ts';
import type { Place } from '../state/slab.ts';
import { readSum, writeSum } from '../state/wide-sum.ts';
import { noSlot, sumMemory } from '../state/sum-memory.ts';
import { TelemetryError } from '../telemetry-error.ts';
import type { Binding } from './binding.ts';

const largestTotal = 2n ** 64n - 1n;

/** Counter is a counter bound to one series: it adds without looking anything up. */
export class Counter {
  readonly #binding: Binding;
  #cell: Cell | undefined = undefined;
  /** Where in `sumMemory` its row is, or `noSlot` while nobody would tell it that this has moved. */
  #slot: number = noSlot;
  /**
   * Adds after looking for what is unusual. Bound, since V8 does not inline what is: so `add` stays small enough to be
   * inlined itself, however many first records it has seen.
   */
  readonly #addUnusual: (delta: number | bigint) => Result<void, TelemetryError> =
    this.#addUnusually.bind(this);

  /** @internal */
  constructor(binding: Binding) {
    this.#binding = binding;
  }

  /**
   * add adds to the counter and allocates nothing.
   *
   * @param delta a safe integer ≥ 0, or a bigint ≥ 0
   * @returns an error, with the state untouched: `INVALID_VALUE` for any other delta; `COUNTER_OVERFLOW` past
   *   2^64 − 1; `SHUT_DOWN`; or whatever kept the instrument from being made
   */
  add(delta: number | bigint): Result<void, TelemetryError> {
    if (typeof delta === 'number') {
      const slot = this.#slot;
      const next = (sumMemory[slot] as number) + delta;
      // False for everything unusual: a negative delta, NaN, a fraction, no slot (Infinity), a total beyond 2^53 − 1.
      if (delta >= 0 && next <= Number.MAX_SAFE_INTEGER && Math.floor(delta) === delta) {
        sumMemory[slot] = next;
        return succeeded;
      }
    }
    return this.#addUnusual(delta);
  }

  /** @internal */
  moveTo(slot: number): void {
    this.#slot = slot;
  }

  #addUnusually(delta: number | bigint): Result<void, TelemetryError> {
    const invalid = validateDelta(this.#binding.name, delta);
    if (invalid !== undefined) return failure(invalid);
    const cell = this.#liveCell();
    if (!(cell instanceof Cell)) return cell;
    if (cell !== cell.metric.overflow) {
      this.#cell = cell;
      if (this.#slot === noSlot) cell.metric.enter(this, cell.row);
    }
    return tryAdd(cell, delta) ? succeeded : addToCounter(cell, delta);
  }

  #liveCell(): Cell | Result<void, TelemetryError> {
    return this.#cell === undefined || this.#cell.values === parkedValues
      ? this.#binding.resolve()
      : this.#cell;
  }
}

/** tryAdd does the usual case: one load, one add, a few compares, one store. False, and nothing done, for all else. */
export function tryAdd(place: Place, delta: number | bigint): boolean {
  if (typeof delta !== 'number') return false;
  const { values, offset } = place;
  const next = (values[offset] as number) + delta;
  // False for everything unusual: a negative delta, NaN, a fraction, a parked place (Infinity), a total beyond 2^53 − 1.
  if (delta >= 0 && next <= Number.MAX_SAFE_INTEGER && Math.floor(delta) === delta) {
    values[offset] = next;
    return true;
  }
  return false;
}

/** The error of a delta that no counter can add, whatever it is at. */
export function validateDelta(name: string, delta: unknown): TelemetryError | undefined {
  if (typeof delta === 'bigint' && delta > largestTotal) return overflowError(name, delta);
  if (typeof delta === 'bigint' ? delta >= 0n : Number.isSafeInteger(delta) && (delta as number) >= 0)
    return undefined;
  return new TelemetryError(
    'INVALID_VALUE',
    `Counter ${describeValue(name)} can't add ${describeValue(delta)}: expected a safe integer or a bigint, not below 0.`,
  );
}

/** addToCounter adds a valid delta, also where numbers end. Fails with `COUNTER_OVERFLOW` past 2^64 − 1. */
export function addToCounter(cell: Cell, delta: number | bigint): Result<void, TelemetryError> {
  const total = readSum(cell);
  const next = total + BigInt(delta);
  if (next > largestTotal) return failure(overflowError(cell.metric.name, delta, total));
  writeSum(cell, next, { smallest: 0n, largest: largestTotal });
  return succeeded;
}

function overflowError(name: string, delta: number | bigint, total?: bigint): TelemetryError {
  const at = total === undefined ? '' : ` is at ${total} and`;
  return new TelemetryError(
    'COUNTER_OVERFLOW',
    `Counter ${describeValue(name)}${at} can't add ${delta}: it would pass 2^64 − 1.`,
  );
}
