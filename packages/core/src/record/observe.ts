import type { Attributes } from '../attributes.ts';
import type { Clock } from '../clock.ts';
import { describeValue } from '../describe-value.ts';
import type { Result } from '../result.ts';
import type { Cell } from '../state/cell.ts';
import type { MetricState } from '../state/metric-state.ts';
import type { Observation } from '../state/state.ts';
import type { TelemetryError } from '../telemetry-error.ts';
import { addToCounter, validateDelta } from './counter.ts';
import { trySet } from './gauge.ts';
import { addToUpDownCounter } from './up-down-counter.ts';

/** Observed is what an observer returns: one value, several with attributes of their own, or nothing this time. */
export type Observed = number | bigint | undefined | Iterable<ObservedValue>;

/** ObservedValue is the value of one series. */
export interface ObservedValue {
  readonly value: number | bigint;
  /** Added to the attributes that the observer was registered with. */
  readonly attributes?: Attributes | undefined;
}

/** MetricObservation asks one observer and puts what it says into the series of one metric. */
export class MetricObservation implements Observation {
  readonly #metric: MetricState;
  readonly #observer: () => Observed;
  readonly #attributes: Attributes;
  readonly #clock: Clock;
  readonly #warn: (message: string) => void;
  /** What was last observed, by cell: sums add the difference. */
  readonly #last = new Map<Cell, number | bigint>();
  #hasWarned = false;

  constructor(fields: {
    readonly metric: MetricState;
    readonly observer: () => Observed;
    readonly attributes: Attributes;
    readonly clock: Clock;
    readonly warn: (message: string) => void;
  }) {
    this.#metric = fields.metric;
    this.#observer = fields.observer;
    this.#attributes = fields.attributes;
    this.#clock = fields.clock;
    this.#warn = fields.warn;
  }

  run(): void {
    try {
      const observed = this.#observer();
      if (observed === undefined) return;
      if (typeof observed === 'number' || typeof observed === 'bigint') this.#put(observed, this.#attributes);
      else
        for (const { value, attributes } of observed)
          this.#put(value, { ...this.#attributes, ...attributes });
    } catch (error) {
      this.#warnOnce(`threw: ${String(error)}`);
    }
  }

  end(): void {
    for (const cell of this.#last.keys()) cell.isEnded = true;
  }

  #put(value: number | bigint, attributes: Attributes): void {
    const cell = this.#metric.cellFor(attributes);
    if (!cell.ok) {
      this.#warnOnce(`gave attributes that can't be used: ${cell.error.message}`);
      return;
    }
    const isDone = this.#putInto(cell.value, value);
    if (isDone) this.#last.set(cell.value, value);
    else this.#warnOnce(`gave ${describeValue(value)}, which this kind of metric can't hold`);
  }

  #putInto(cell: Cell, value: number | bigint): boolean {
    switch (this.#metric.kind) {
      case 'observed-gauge':
        return trySet(cell, Number(value), this.#clock.unixMs());
      case 'observed-up-down-counter':
        if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) return false;
        return wasDone(addToUpDownCounter(cell, BigInt(value) - BigInt(this.#last.get(cell) ?? 0)));
      default: {
        if (validateDelta('', value) !== undefined) return false;
        const last = this.#last.get(cell) ?? 0;
        // Less than last time: what is observed began anew at 0.
        return wasDone(addToCounter(cell, value >= last ? BigInt(value) - BigInt(last) : value));
      }
    }
  }

  #warnOnce(what: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#warn(`The observer of "${this.#metric.name}" ${what}.`);
  }
}

function wasDone(result: Result<void, TelemetryError>): boolean {
  return result.ok;
}
