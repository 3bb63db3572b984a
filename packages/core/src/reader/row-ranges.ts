import type { PointRange } from '../exporter.ts';

/** RowRanges is some of a metric's rows, as the fewest ranges that they make, in order. It never changes. */
export class RowRanges {
  static readonly none: RowRanges = new RowRanges([]);

  readonly ranges: readonly PointRange[];

  constructor(ranges: readonly PointRange[]) {
    this.ranges = ranges;
  }

  /** with adds the rows of a range. */
  with(added: PointRange): RowRanges {
    const touching = this.ranges.filter(({ from, to }) => from <= added.to && added.from <= to);
    const from = Math.min(added.from, ...touching.map((range) => range.from));
    const to = Math.max(added.to, ...touching.map((range) => range.to));
    const before = this.ranges.filter((range) => range.to < added.from);
    const after = this.ranges.filter((range) => range.from > added.to);
    return new RowRanges([...before, { from, to }, ...after]);
  }

  /** Whether it is all of so many rows. */
  isAllOf(length: number): boolean {
    const [first] = this.ranges;
    return length === 0 || (first !== undefined && first.from === 0 && first.to >= length);
  }
}
