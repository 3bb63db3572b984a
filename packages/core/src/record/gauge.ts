import type { Clock } from '../clock.ts';
import { describeValue } from '../describe-value.ts';
import { type Result, failure, succeeded } from '../result.ts';
import { Cell, parkedValues } from '../state/cell.ts';
import { gaugeRow } from '../state/gauge-row.ts';
import { TelemetryError } from '../telemetry-error.ts';
import type { Binding } from './binding.ts';

/** Gauge is a gauge bound to one series: its last value is what counts. */
export class Gauge {
  readonly #binding: Binding;
  readonly #clock: Clock;
  #cell: Cell | undefined = undefined;

  /** @internal */
  constructor(binding: Binding, clock: Clock) {
    this.#binding = binding;
    this.#clock = clock;
  }

  /**
   * set makes a value the gauge's current one and allocates nothing.
   *
   * @param value any finite number, in the metric's unit
   * @returns an error, with the state untouched: `INVALID_VALUE` for any other value; `SHUT_DOWN`; or whatever kept
   *   the instrument from being made
   */
  set(value: number): Result<void, TelemetryError> {
    if (this.#cell !== undefined && trySet(this.#cell, value, this.#clock.unixMs())) return succeeded;
    const invalid = validateGaugeValue(this.#binding.name, value);
    if (invalid !== undefined) return failure(invalid);
    const cell = this.#binding.resolve();
    if (!(cell instanceof Cell)) return cell;
    if (cell !== cell.metric.overflow) this.#cell = cell;
    trySet(cell, value, this.#clock.unixMs());
    return succeeded;
  }
}

/** trySet sets the value of a cell. False, and nothing done, for a value that is not finite or a parked cell. */
export function trySet(cell: Cell, value: number, unixMs: number): boolean {
  const { values, offset } = cell;
  if (!Number.isFinite(value) || values === parkedValues) return false;
  values[offset + gaugeRow.value] = value;
  values[offset + gaugeRow.unixMs] = unixMs;
  values[offset + gaugeRow.sets] = (values[offset + gaugeRow.sets] as number) + 1;
  return true;
}

/** The `INVALID_VALUE` error of a value that no gauge can be set to. */
export function validateGaugeValue(name: string, value: unknown): TelemetryError | undefined {
  if (Number.isFinite(value)) return undefined;
  return new TelemetryError(
    'INVALID_VALUE',
    `Gauge ${describeValue(name)} can't be set to ${describeValue(value)}: expected a finite number.`,
  );
}
