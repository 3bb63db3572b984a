import type { SumTable } from '@pqcnet/telemetry-core';

import { ByteWriter } from './byte-writer.ts';

/** WrittenRows is points of sums that were just written, one behind the other. */
export interface WrittenRows {
  readonly table: SumTable;
  readonly from: number;
  readonly to: number;
  /** Where they stand: from `start` to the writer's position. */
  readonly out: ByteWriter;
  readonly start: number;
  /** For each row, the position at which its value ends, and how many bytes it takes. */
  readonly valueEnds: Int32Array;
  readonly valueWidths: Uint8Array;
}

/**
 * KeptRun is the points of a few rows of sums, as they were written once: times and values in them are of then, and to
 * be written over where they are copied to.
 */
export class KeptRun {
  readonly rows: number;
  readonly points: ByteWriter;
  /** How many bytes the points take. */
  length: number;
  /** For each row, where its value ends in the points, and how many bytes it takes. */
  readonly valueEnds: Int32Array;
  readonly valueWidths: Uint8Array;
  /** For each row, the start that stands there. */
  readonly starts: readonly bigint[];

  constructor({ table, from, to, out, start, valueEnds, valueWidths }: WrittenRows) {
    this.rows = to - from;
    this.length = out.position - start;
    // As time goes by some of the values become longer.
    this.points = new ByteWriter(this.length + this.rows);
    this.points.bytes.set(out.written(start));
    this.valueEnds = valueEnds.slice(0, this.rows).map((end) => end - start);
    this.valueWidths = valueWidths.slice(0, this.rows);
    this.starts = Array.from({ length: this.rows }, (_, row) => table.startTimeUnixNano(from + row));
  }

  /** resize makes room for a value of so many bytes: it moves what stands behind it. */
  resize(row: number, width: number): void {
    const { points, valueEnds, valueWidths, length } = this;
    const end = valueEnds[row] as number;
    const longer = width - (valueWidths[row] as number);
    points.position = length;
    points.reserve(Math.max(0, longer));
    points.bytes.copyWithin(end + longer, end, length);
    this.length = length + longer;
    valueWidths[row] = width;
    for (let next = row; next < this.rows; next += 1) valueEnds[next] = (valueEnds[next] as number) + longer;
  }
}
