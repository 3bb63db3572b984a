import type { MetricState } from './metric-state.ts';
import type { Place } from './slab.ts';

/**
 * parkedValues is where nothing is recorded: what has no series yet, or no more, points here. Adding anything to its
 * number fails the one comparison that recording makes anyway, so that this costs nothing where there is a series.
 */
export const parkedValues: Float64Array = Float64Array.of(Infinity);

/** parkedPlace is the place of what has no series yet. */
export const parkedPlace: Place = { values: parkedValues, offset: 0 };

/**
 * Cell is where a series is recorded. Most series have none: only what holds on to a place has one, and that is told
 * when the place moves.
 */
export class Cell implements Place {
  readonly metric: MetricState;
  /** Where sums and gauges are now: in the metric's slab, or parked. Those of histograms are found by their row. */
  values: Float64Array = parkedValues;
  offset = 0;
  /** The row in the metric's slab, and so in every snapshot that is taken now; −1 while there is none. */
  row = -1;
  /** How many observers it has. */
  observers = 0;
  /** Whether it is to go as soon as it is delivered. */
  isEnded = false;

  constructor(metric: MetricState) {
    this.metric = metric;
  }

  /** The id of the series. */
  get seriesId(): number {
    return this.metric.table.id(this.row);
  }

  /** Whether nothing is recorded here: there is no series yet, or no more. */
  get isParked(): boolean {
    return this.row < 0;
  }

  /** moveTo makes a row of the metric's slab that of the cell, with its values there already. */
  moveTo(row: number): this {
    const { slab, hasMoments } = this.metric;
    this.row = row;
    // Rows of histograms move with nearly every flush: telling all cells would take longer than the move.
    if (hasMoments) return this;
    this.values = slab.chunkOf(row);
    this.offset = slab.offsetOf(row);
    return this;
  }

  /** park stops recording here; what was recorded stays in the slab. */
  park(): void {
    this.row = -1;
    this.values = parkedValues;
    this.offset = 0;
  }
}
