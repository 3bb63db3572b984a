import type { PointRange } from '../exporter.ts';
import { Rows } from '../snapshot/rows.ts';
import { RowRanges } from './row-ranges.ts';

/**
 * SettledRows is up to where the rows of a metric are settled. A snapshot that goes out in many requests is settled range
 * by range: that is only taken note of, and when the last range comes, the snapshot's rows are the settled ones. Who
 * looks at it before has them put together. What it stands for never changes.
 */
export class SettledRows {
  static readonly none: SettledRows = new SettledRows(undefined);

  /** What is settled, but for the ranges of newer rows. */
  #rows: Rows | undefined;
  #newer: Rows | undefined = undefined;
  #ranges = RowRanges.none;

  constructor(rows: Rows | undefined) {
    this.#rows = rows;
  }

  /** The settled rows; those that never were hold nothing. `undefined` when none ever was. */
  get rows(): Rows | undefined {
    if (this.#newer !== undefined) {
      this.#rows = Rows.withRanges(this.#rows, this.#newer, this.#ranges.ranges);
      this.#newer = undefined;
      this.#ranges = RowRanges.none;
    }
    return this.#rows;
  }

  /** with settles a range of newer rows, too. */
  with(newer: Rows, range: PointRange): SettledRows {
    const isSame = this.#newer === newer;
    const ranges = (isSame ? this.#ranges : RowRanges.none).with(range);
    if (ranges.isAllOf(newer.length)) return new SettledRows(newer.toCompare());
    const settled = new SettledRows(isSame ? this.#rows : this.rows);
    settled.#newer = newer;
    settled.#ranges = ranges;
    return settled;
  }

  /** select gives the same for some of the rows. */
  select(rows: readonly number[]): SettledRows {
    return new SettledRows(this.rows?.select(rows));
  }
}
