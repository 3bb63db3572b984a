/**
 * StartTimes is when the running total of each row of a metric began. Rows are added one after another, so that many in
 * a row share a time, and no row's is before the one of the row before it.
 */
export class StartTimes {
  /** The rows from which on another time holds, and the times. */
  readonly #firstRows: number[] = [];
  readonly #unixNanos: bigint[] = [];

  /** Adds the next row. */
  add(row: number, unixNano: bigint): void {
    if (this.#unixNanos.at(-1) === unixNano) return;
    this.#firstRows.push(row);
    this.#unixNanos.push(unixNano);
  }

  /** The time of a row that was added, in nanoseconds since the Unix epoch. */
  of(row: number): bigint {
    const firstRows = this.#firstRows;
    // The last time that begins at or before the row.
    let low = 0;
    let high = firstRows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((firstRows[middle] as number) <= row) low = middle;
      else high = middle - 1;
    }
    return this.#unixNanos[low] as bigint;
  }
}
