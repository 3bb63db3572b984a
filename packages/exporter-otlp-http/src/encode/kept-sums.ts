import type { SumTable } from '@pqcnet/telemetry-core';

import type { ByteWriter } from './byte-writer.ts';
import type { ProtobufMetric } from './protobuf-metric.ts';
import type { ProtobufSums } from './protobuf-points.ts';
import { type PointWriter, ROWS_PER_LOOK, type RowRun } from './request-format.ts';
import type { OpenTable } from './table-writer.ts';

/** How many bytes of points an exporter keeps. */
const MOST_KEPT_BYTES = 900_000;

/** The points of a few rows of sums, as they were written once. */
interface KeptRun {
  readonly points: Uint8Array;
  /** For each row, where its value ends in the points. */
  readonly valueEnds: Int32Array;
}

/** KeptRuns is what is kept of a metric: the runs that begin with a row that is a multiple of `ROWS_PER_LOOK`. */
export type KeptRuns = (KeptRun | undefined)[];

/**
 * KeptSums writes running totals by copying points that were written before, and writing over what has changed: their
 * numbers, eight bytes each. To copy many points in one piece takes a fraction of the time in which they are put together.
 */
export class KeptSums implements PointWriter {
  readonly #sums: ProtobufSums;
  /** The metric whose running totals are written, if they are. */
  #metric: ProtobufMetric | undefined;
  /** How much of what is kept was used or made since the snapshot began. */
  #keptBytes = 0;

  constructor(sums: ProtobufSums) {
    this.#sums = sums;
  }

  beginSnapshot(timeUnixNano: bigint): void {
    this.#sums.beginSnapshot(timeUnixNano);
    this.#keptBytes = 0;
  }

  open(table: OpenTable<SumTable, ProtobufMetric>): this {
    this.#sums.open(table);
    // Of deltas other rows go out each time.
    this.#metric = table.deltas ? undefined : table.metric;
    return this;
  }

  close(): void {
    this.#sums.close();
    this.#metric = undefined;
  }

  write(out: ByteWriter, run: RowRun): number {
    const { from, to } = run;
    const rows = to - from;
    if (this.#metric === undefined || from % ROWS_PER_LOOK !== 0 || rows > ROWS_PER_LOOK)
      return this.#sums.write(out, run);
    const { runs } = this.#metric;
    const number = from / ROWS_PER_LOOK;
    const known = runs[number];
    const start = out.position;
    if (known?.valueEnds.length === rows && this.#takeRoom(known.points.length)) {
      out.reserve(known.points.length);
      out.bytes.set(known.points, start);
      this.#sums.rewrite(out, start, from, known.valueEnds);
      out.position = start + known.points.length;
      return to;
    }
    const end = this.#sums.write(out, run);
    if (end === to) {
      runs[number] = this.#takeRoom(out.position - start)
        ? {
            points: new Uint8Array(out.written(start)),
            valueEnds: this.#sums.valueEnds.slice(0, rows).map((valueEnd) => valueEnd - start),
          }
        : undefined;
    }
    return end;
  }

  /** takeRoom says whether so many bytes more can be kept, and counts them then. */
  #takeRoom(bytes: number): boolean {
    if (this.#keptBytes + bytes > MOST_KEPT_BYTES) return false;
    this.#keptBytes += bytes;
    return true;
  }
}
