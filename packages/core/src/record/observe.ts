import type { Attributes } from '../attributes.ts';
import type { Clock } from '../clock.ts';
import { describeError, describeValue } from '../describe-value.ts';
import { type Result, succeeded } from '../result.ts';
import type { Cell } from '../state/cell.ts';
import type { MetricState } from '../state/metric-state.ts';
import type { Observation } from '../state/state.ts';
import type { TelemetryError } from '../telemetry-error.ts';
import { addToCounter, validateDelta } from './counter.ts';
import { trySet } from './gauge.ts';
import { mergeAttributes } from './merge-attributes.ts';
import { addToUpDownCounter } from './up-down-counter.ts';

/** What an observer's value can be. */
export const observedKinds = ['gauge', 'counter', 'up-down-counter'] as const;

/** Observed is what an observer returns: one value, several with attributes of their own, or nothing this time. */
export type Observed = number | bigint | undefined | Iterable<ObservedValue>;

/** ObservedValue is the value of one series. */
export interface ObservedValue {
  /** The running total of a counter (a whole number, 0 or more) or up-down counter, or a gauge's finite value. */
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
    // What goes to one series is added up, so that several in the overflow series make a sum as well.
    const values = new Map<Cell, number | bigint>();
    try {
      const observed = this.#observer();
      if (observed === undefined) return;
      if (typeof observed === 'number' || typeof observed === 'bigint') {
        this.#gather(values, observed, this.#attributes);
      } else {
        for (const { value, attributes } of observed) {
          const own = attributes === undefined ? {} : attributes;
          this.#gather(values, value, mergeAttributes(this.#attributes, own));
        }
      }
    } catch (error) {
      this.#warnOnce(`threw: ${describeError(error)}`);
    }
    for (const [cell, value] of values) this.#put(cell, value);
  }

  end(): void {
    for (const cell of this.#last.keys()) {
      cell.observers -= 1;
      cell.isEnded = cell.observers === 0;
    }
    this.#last.clear();
  }

  #gather(values: Map<Cell, number | bigint>, value: number | bigint, attributes: Attributes): void {
    if (!this.#isValid(value)) {
      this.#warnOnce(`gave ${describeValue(value)}, which this kind of metric can't hold`);
      return;
    }
    // What is in the overflow series stays there: in a series of its own it would count a second time.
    const { overflow } = this.#metric;
    const isOverflowing = overflow !== undefined && this.#last.has(overflow);
    const cell = isOverflowing ? this.#metric.cellUnlessNew(attributes) : this.#metric.cellFor(attributes);
    if (!cell.ok) {
      this.#warnOnce(`gave attributes that can't be used: ${cell.error.message}`);
      return;
    }
    const before = values.get(cell.value);
    const isAdded = before !== undefined && this.#metric.kind !== 'observed-gauge';
    values.set(cell.value, isAdded ? BigInt(before) + BigInt(value) : value);
  }

  #put(cell: Cell, value: number | bigint): void {
    const put = this.#putInto(cell, value);
    if (!this.#last.has(cell)) cell.observers += 1;
    if (put.ok) this.#last.set(cell, value);
    else this.#warnOnce(`gave ${describeValue(value)}: ${put.error.message}`);
  }

  #isValid(value: number | bigint): boolean {
    switch (this.#metric.kind) {
      case 'observed-gauge':
        return typeof value === 'bigint' ? Number.isFinite(Number(value)) : Number.isFinite(value);
      case 'observed-up-down-counter':
        return typeof value === 'bigint' || Number.isSafeInteger(value);
      default:
        return validateDelta(this.#metric.name, value) === undefined;
    }
  }

  #putInto(cell: Cell, value: number | bigint): Result<void, TelemetryError> {
    cell.isEnded = false;
    const last = this.#last.get(cell) ?? 0;
    switch (this.#metric.kind) {
      case 'observed-gauge':
        trySet(cell, Number(value), this.#clock.unixMs());
        return succeeded;
      case 'observed-up-down-counter':
        return addToUpDownCounter(cell, BigInt(value) - BigInt(last));
      default:
        // Less than last time: what is observed began anew at 0.
        return addToCounter(cell, value >= last ? BigInt(value) - BigInt(last) : value);
    }
  }

  #warnOnce(what: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#warn(`The observer of "${this.#metric.name}" ${what}.`);
  }
}
