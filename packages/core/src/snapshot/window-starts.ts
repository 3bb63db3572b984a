import type { PointRange } from '../exporter.ts';

/** Run is rows next to each other whose windows began together. */
interface Run {
  /** The row after the last one. The first is where the run before ends. */
  readonly end: number;
  readonly start: bigint;
}

/**
 * WindowStarts is where the undelivered window of each row of a metric began: nearly always one time for all of them.
 * It never changes: what is delivered gives another.
 */
export class WindowStarts {
  /** Where the windows of the rows after all runs began. */
  readonly #common: bigint;
  readonly #runs: readonly Run[];

  constructor(common: bigint, runs: readonly Run[] = []) {
    this.#common = common;
    this.#runs = runs;
  }

  of(row: number): bigint {
    const runs = this.#runs;
    if (runs.length === 0) return this.#common;
    // The first run that ends after the row.
    let low = 0;
    let high = runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((runs[middle] as Run).end > row) high = middle;
      else low = middle + 1;
    }
    return runs[low]?.start ?? this.#common;
  }

  /** Whether the window of any of the rows began before that time. */
  isAnyBefore(unixNano: bigint, rows: PointRange): boolean {
    return this.#within(rows).some(({ start }) => start < unixNano);
  }

  /** The earliest of the rows up to `length`. */
  earliest(length: number): bigint {
    const starts = this.#within({ from: 0, to: length }).map(({ start }) => start);
    return starts.reduce(
      (earliest, start) => (start < earliest ? start : earliest),
      starts[0] ?? this.#common,
    );
  }

  /** The starts when the windows of some of `length` rows have ended. */
  after(range: PointRange, length: number, endUnixNano: bigint): WindowStarts {
    const runs = [
      ...this.#within({ from: 0, to: range.from }),
      { end: range.to, start: endUnixNano },
      ...this.#within({ from: range.to, to: length }),
    ];
    // A series that is new begins where this window ended.
    return new WindowStarts(endUnixNano, fewestRuns(runs, endUnixNano));
  }

  /** The starts of some of the rows, in their order. */
  select(rows: readonly number[]): WindowStarts {
    if (this.#runs.length === 0) return this;
    const runs = rows.map((row, newRow) => ({ end: newRow + 1, start: this.of(row) }));
    return new WindowStarts(this.#common, fewestRuns(runs, this.#common));
  }

  /** The runs of some rows. */
  #within({ from, to }: PointRange): Run[] {
    const runs: Run[] = [];
    let begin = 0;
    for (const { end, start } of this.#runs) {
      if (begin < to && end > from) runs.push({ end: Math.min(end, to), start });
      begin = end;
    }
    if (begin < to && from < to) runs.push({ end: to, start: this.#common });
    return runs;
  }
}

/** Runs with those in one that have the same start, and without the last ones where that is what all other rows have. */
function fewestRuns(runs: readonly Run[], common: bigint): readonly Run[] {
  const fewest: Run[] = [];
  for (const run of runs) {
    if (fewest.at(-1)?.start === run.start) fewest.pop();
    fewest.push(run);
  }
  if (fewest.at(-1)?.start === common) fewest.pop();
  return fewest;
}
