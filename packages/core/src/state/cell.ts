import type { AttributeValue, Attributes } from '../attributes.ts';
import type { Pairs } from '../record/copy-attributes.ts';
import type { MetricState } from './metric-state.ts';
import type { Series } from './series.ts';
import type { Place } from './slab.ts';

/**
 * parkedValues is where nothing is recorded: what has no series yet, or no more, points here. Adding anything to its
 * number fails the one comparison that recording makes anyway, so that this costs nothing where there is a series.
 */
export const parkedValues: Float64Array = Float64Array.of(Infinity);

/** parkedPlace is the place of what has no series yet. */
export const parkedPlace: Place = { values: parkedValues, offset: 0 };

/** Cell is the one place where a series is recorded, for as long as the series lives. */
export class Cell implements Series, Place {
  readonly id: number;
  readonly metric: MetricState;
  /** Where the values are now: in the metric's slab, or parked. */
  values: Float64Array;
  offset: number;
  /** The row in the metric's slab, and so in every snapshot that is taken now. */
  row: number;
  /** When the running total began. */
  readonly startTimeUnixNano: bigint;
  /** How many observers it has. */
  observers = 0;
  /** Whether it is to go as soon as it is delivered. */
  isEnded = false;
  /** The attributes in normalized form, arranged by the metric. */
  readonly pairs: Pairs;

  constructor(fields: {
    readonly id: number;
    readonly metric: MetricState;
    readonly place: Place;
    readonly row: number;
    readonly startTimeUnixNano: bigint;
    readonly pairs: Pairs;
  }) {
    this.id = fields.id;
    this.metric = fields.metric;
    this.values = fields.place.values;
    this.offset = fields.place.offset;
    this.row = fields.row;
    this.startTimeUnixNano = fields.startTimeUnixNano;
    this.pairs = fields.pairs;
  }

  get attributes(): Attributes {
    const attributes = Object.create(null) as Record<string, AttributeValue>;
    for (let i = 0; i < this.pairs.length; i += 2) {
      attributes[this.pairs[i] as string] = this.pairs[i + 1] as AttributeValue;
    }
    return Object.freeze(attributes);
  }

  /** Whether the cell is the series of these arranged attributes (and not one that took them in for want of room). */
  isFor(pairs: Pairs): boolean {
    return this.pairs.length === pairs.length && this.pairs.every((part, i) => part === pairs[i]);
  }

  /** moveTo makes another place that of the cell, with its values there already. */
  moveTo(place: Place, row: number): void {
    this.values = place.values;
    this.offset = place.offset;
    this.row = row;
  }

  /** park stops recording here; what was recorded stays in the slab. */
  park(): void {
    this.values = parkedValues;
    this.offset = 0;
  }
}
