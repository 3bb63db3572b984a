import { describeValue } from '../describe-value.ts';
import { type Result, failure, succeeded } from '../result.ts';
import { Cell, parkedPlace } from '../state/cell.ts';
import type { Place } from '../state/slab.ts';
import { readSum, writeSum } from '../state/wide-sum.ts';
import { TelemetryError } from '../telemetry-error.ts';
import type { Binding } from './binding.ts';

const smallestTotal = -(2n ** 63n);
const largestTotal = 2n ** 63n - 1n;

/** UpDownCounter is a sum that also falls, bound to one series: it adds without looking anything up. */
export class UpDownCounter {
  readonly #binding: Binding;
  #place: Place = parkedPlace;

  /** @internal */
  constructor(binding: Binding) {
    this.#binding = binding;
  }

  /**
   * add adds to the sum and allocates nothing.
   *
   * @param delta a safe integer or a bigint, of either sign
   * @returns an error, with the state untouched: `INVALID_VALUE` for any other delta; `COUNTER_OVERFLOW` outside
   *   −2^63 to 2^63 − 1; `SHUT_DOWN`; or whatever kept the instrument from being made
   */
  add(delta: number | bigint): Result<void, TelemetryError> {
    return tryAddSigned(this.#place, delta) ? succeeded : this.#addUnusual(delta);
  }

  #addUnusual(delta: number | bigint): Result<void, TelemetryError> {
    const invalid = validateSignedDelta(this.#binding.name, delta);
    if (invalid !== undefined) return failure(invalid);
    const cell = this.#binding.resolve();
    if (!(cell instanceof Cell)) return cell;
    if (cell !== cell.metric.overflow) this.#place = cell;
    return addToUpDownCounter(cell, delta);
  }
}

/** The error of a delta that no up-down counter can add, whatever it is at. */
export function validateSignedDelta(name: string, delta: unknown): TelemetryError | undefined {
  if (typeof delta === 'bigint' || Number.isSafeInteger(delta)) return undefined;
  return new TelemetryError(
    'INVALID_VALUE',
    `Up-down counter ${describeValue(name)} can't add ${describeValue(delta)}: expected a safe integer or a bigint.`,
  );
}

/** Does the usual case. False, and nothing done, for all else: NaN, fractions, a parked place, a sum beyond 2^53 − 1. */
function tryAddSigned(place: Place, delta: number | bigint): boolean {
  if (typeof delta !== 'number') return false;
  const { values, offset } = place;
  const next = (values[offset] as number) + delta;
  if (next >= Number.MIN_SAFE_INTEGER && next <= Number.MAX_SAFE_INTEGER && Number.isSafeInteger(delta)) {
    values[offset] = next;
    return true;
  }
  return false;
}

/** addToUpDownCounter adds a valid delta. Fails with `COUNTER_OVERFLOW` outside −2^63 to 2^63 − 1. */
export function addToUpDownCounter(cell: Cell, delta: number | bigint): Result<void, TelemetryError> {
  const total = readSum(cell);
  const next = total + BigInt(delta);
  if (next < smallestTotal || next > largestTotal) {
    return failure(
      new TelemetryError(
        'COUNTER_OVERFLOW',
        `Up-down counter ${describeValue(cell.metric.name)} is at ${total} and can't add ${delta}: it would leave −2^63 to 2^63 − 1.`,
      ),
    );
  }
  writeSum(cell, next, { smallest: smallestTotal, largest: largestTotal });
  return succeeded;
}
