import type { PointRange } from '../exporter.ts';

/**
 * WindowStarts is where the undelivered window of each row of a metric began: nearly always one time for all of them.
 * It never changes: what is delivered gives another.
 */
export class WindowStarts {
  readonly #common: bigint;
  /** Where rows differ: by row, as far as it goes. */
  readonly #byRow: readonly bigint[];

  constructor(common: bigint, byRow: readonly bigint[] = []) {
    this.#common = common;
    this.#byRow = byRow;
  }

  of(row: number): bigint {
    return this.#byRow[row] ?? this.#common;
  }

  /** Whether the window of any of the rows began before that time. */
  isAnyBefore(unixNano: bigint, rows: PointRange): boolean {
    for (let row = rows.from; row < rows.to; row++) if (this.of(row) < unixNano) return true;
    return false;
  }

  /** The earliest of the rows up to `length`. */
  earliest(length: number): bigint {
    let earliest = this.#byRow.length < length ? this.#common : this.of(0);
    for (let row = 0; row < Math.min(length, this.#byRow.length); row++) {
      if (this.of(row) < earliest) earliest = this.of(row);
    }
    return earliest;
  }

  /** The starts when the windows of some of `length` rows have ended. */
  after(range: PointRange, length: number, endUnixNano: bigint): WindowStarts {
    if (range.from === 0 && range.to === length) return new WindowStarts(endUnixNano);
    const byRow = Array.from({ length }, (_, row) =>
      row >= range.from && row < range.to ? endUnixNano : this.of(row),
    );
    // A series that is new begins where this window ended.
    return new WindowStarts(endUnixNano, byRow);
  }

  /** The starts of some of the rows, in their order. */
  select(rows: readonly number[]): WindowStarts {
    return this.#byRow.length === 0
      ? this
      : new WindowStarts(
          this.#common,
          rows.map((row) => this.of(row)),
        );
  }
}
