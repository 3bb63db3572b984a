import type { SumTable } from '@pqcnet/telemetry-core';

import type { ByteWriter } from './byte-writer.ts';
import { KeptRun, type WrittenRows } from './kept-run.ts';
import { type PointWriter, ROWS_PER_LOOK, type RowRun } from './request-format.ts';
import type { OpenTable } from './table-writer.ts';

/** How much an exporter keeps, in bytes. */
const MOST_KEPT_BYTES = 4_194_304;
/** From 2001 to 2286 all times have as many digits. */
const FIRST_TIME = 10n ** 18n;
const LAST_TIME = 10n ** 19n - 1n;

/** KeptRuns is the runs of a metric that are kept: each begins with a row that is a multiple of `ROWS_PER_LOOK`. */
export type KeptRuns = (KeptRun | undefined)[];

/** RewritingSums writes sums, and writes over what has changed of them. */
export interface RewritingSums<Metric> extends PointWriter {
  /** For each of the rows that were written last, the position at which its value ended, and how many bytes it took. */
  readonly valueEnds: Int32Array;
  readonly valueWidths: Uint8Array;
  beginSnapshot(timeUnixNano: bigint): void;
  open(table: OpenTable<SumTable, Metric>): unknown;
  /** widthOf gives how many bytes a value takes that is a safe integer. */
  widthOf(value: number): number;
  /**
   * rewrite writes the snapshot's time and these values over those of a run that was copied to the position `start`, with
   * the widths of these values.
   */
  rewrite(out: ByteWriter, start: number, run: KeptRun, values: Float64Array): void;
}

/**
 * KeptSums writes sums by copying what was written of them before, and writing over what has changed. From flush to flush
 * that is hardly anything of a running total: the time, and the digits of the value. To copy the points of many rows in
 * one piece takes a fraction of the time in which they are put together.
 */
export class KeptSums<Metric extends { readonly runs: KeptRuns }> implements PointWriter {
  readonly #sums: RewritingSums<Metric>;
  #opened: OpenTable<SumTable, Metric> | undefined;
  #isTimeUsual = false;
  /** How much of what is kept was used or made since the snapshot began. */
  #keptBytes = 0;
  /** The values of a run. */
  readonly #values = new Float64Array(ROWS_PER_LOOK);

  constructor(sums: RewritingSums<Metric>) {
    this.#sums = sums;
  }

  beginSnapshot(timeUnixNano: bigint): void {
    this.#sums.beginSnapshot(timeUnixNano);
    this.#isTimeUsual = timeUnixNano >= FIRST_TIME && timeUnixNano <= LAST_TIME;
    this.#keptBytes = 0;
  }

  open(table: OpenTable<SumTable, Metric>): this {
    this.#sums.open(table);
    // Deltas have other starts and other digits each time.
    this.#opened = this.#isTimeUsual && !table.deltas ? table : undefined;
    return this;
  }

  close(): void {
    this.#sums.close();
    this.#opened = undefined;
  }

  write(out: ByteWriter, run: RowRun): number {
    const opened = this.#opened;
    const { from, to } = run;
    const rows = to - from;
    if (opened === undefined || from % ROWS_PER_LOOK !== 0 || rows > ROWS_PER_LOOK)
      return this.#sums.write(out, run);
    const { table, metric } = opened;
    const number = from / ROWS_PER_LOOK;
    const known = metric.runs[number];
    const start = out.position;
    if (known?.rows === rows && this.#hasRoom(known.length) && this.#fit(known, table, from)) {
      this.#keptBytes += known.length;
      copyRun(out, known);
      this.#sums.rewrite(out, start, known, this.#values);
      out.position = start + known.length;
      return to;
    }
    const end = this.#sums.write(out, run);
    if (end === to) {
      const { valueEnds, valueWidths } = this.#sums;
      metric.runs[number] = this.#keep({ table, from, to, out, start, valueEnds, valueWidths });
    }
    return end;
  }

  #hasRoom(bytes: number): boolean {
    return this.#keptBytes + bytes <= MOST_KEPT_BYTES;
  }

  /** fit takes the values of a run's rows, and makes as much room for them as they take; false when it can't be used. */
  #fit(run: KeptRun, table: SumTable, from: number): boolean {
    const { starts, valueWidths } = run;
    for (let row = 0; row < run.rows; row += 1) {
      const value = table.total(from + row);
      if (!isExact(value) || table.startTimeUnixNano(from + row) !== starts[row]) return false;
      const width = this.#sums.widthOf(value);
      if (width !== valueWidths[row]) run.resize(row, width);
      this.#values[row] = value;
    }
    return true;
  }

  #keep(written: WrittenRows): KeptRun | undefined {
    const bytes = written.out.position - written.start;
    if (!this.#hasRoom(bytes)) return undefined;
    this.#keptBytes += bytes;
    return new KeptRun(written);
  }
}

function isExact(value: number | bigint): value is number {
  return Number.isSafeInteger(value);
}

function copyRun(out: ByteWriter, { points }: KeptRun): void {
  // With the room behind it, since a view of a part would be one more object.
  out.reserve(points.bytes.length);
  out.bytes.set(points.bytes, out.position);
}
