import type { ByteWriter } from './byte-writer.ts';
import type { PointWriter, RowRun } from './request-format.ts';

/** OpenTable is the table whose points are written. */
export interface OpenTable<Table, Metric> {
  readonly table: Table;
  readonly metric: Metric;
  /** Whether deltas go out. */
  readonly deltas: boolean;
}

/** TableWriter is what all writers of points have in common: the table that is open. */
export abstract class TableWriter<Table, Metric> implements PointWriter {
  #open: OpenTable<Table, Metric> | undefined;

  open(table: OpenTable<Table, Metric>): this {
    this.#open = table;
    return this;
  }

  close(): void {
    this.#open = undefined;
  }

  abstract beginSnapshot(timeUnixNano: bigint): void;

  abstract write(out: ByteWriter, run: RowRun): number;

  protected get opened(): OpenTable<Table, Metric> {
    if (this.#open === undefined) throw new TypeError('no metric is open');
    return this.#open;
  }
}
