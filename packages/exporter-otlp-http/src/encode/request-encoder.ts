import { type PointTable, sendsDelta, type Temporality } from '@pqcnet/telemetry-core';

import { OtlpHttpError } from '../otlp-http-error.ts';
import type { ByteWriter } from './byte-writer.ts';
import { type PointWriter, type RequestFormat, type RowRun, ROWS_PER_LOOK } from './request-format.ts';

/** EncodedPart is one request for the points `from` (inclusive) to `to` (exclusive), or why there is none. */
export type EncodedPart = EncodedRequest | UnsendablePart;

/** EncodedRequest is a complete request body. */
export interface EncodedRequest {
  readonly from: number;
  readonly to: number;
  /** How many of the points are in it: 0 when none of them changed, and then there is nothing to send. */
  readonly dataPoints: number;
  /** In the encoder's memory: valid until the next part is begun. */
  readonly body: Uint8Array;
  readonly error?: undefined;
}

/** UnsendablePart is a point that can't be put into any request. */
interface UnsendablePart {
  readonly from: number;
  readonly to: number;
  readonly error: OtlpHttpError;
}

/** RequestEncoderOptions is what an encoder works on. */
export interface RequestEncoderOptions {
  readonly tables: readonly PointTable[];
  readonly temporality: Temporality;
  readonly format: RequestFormat;
  readonly out: ByteWriter;
  /** The largest body that a part may have, in bytes. */
  readonly maxRequestBytes: number;
}

/** How many bytes are written between two looks at the clock, at most. */
const BYTES_PER_LOOK = 32_768;

/** A class, since V8 would share what it knows of the numbers in it with all other objects that begin alike. */
class Run implements RowRun {
  from = 0;
  to = 0;
  until = 0;
}

/**
 * RequestEncoder turns ranges of a snapshot's points into requests, in steps that end when they are told to. The same
 * range always gives the same bytes.
 */
export class RequestEncoder {
  readonly #options: RequestEncoderOptions;
  #from = 0;
  #limit = 0;
  /** How large the part may become when it has more than one point. */
  #partBytes = 0;
  #index = 0;
  /** The table of the next point, and the index of its first one. */
  #table = 0;
  #first = 0;
  #dataPoints = 0;
  readonly #run = new Run();
  /** What writes the points of the open metric, if one is. */
  #writer: PointWriter | undefined;
  #error: OtlpHttpError | undefined;

  constructor(options: RequestEncoderOptions) {
    this.#options = options;
  }

  /**
   * begin starts a part at the point `from`. It ends before the point `limit`, or sooner when it is full: when a further
   * point would bring it beyond `partBytes`.
   */
  begin(from: number, limit: number, partBytes: number = this.#options.maxRequestBytes): void {
    const { format, out } = this.#options;
    this.#partBytes = partBytes;
    // Integers to V8 as well: numbers that come out of a calculation can be doubles to it.
    this.#from = from | 0;
    this.#limit = limit | 0;
    this.#index = this.#from;
    this.#dataPoints = 0;
    this.#writer = undefined;
    this.#error = undefined;
    if (from < this.#first) {
      this.#table = 0;
      this.#first = 0;
    }
    format.begin(out);
  }

  /** step encodes until the part is complete (then it returns true) or `isOver` says that it is time to pause. */
  step(isOver: () => boolean): boolean {
    const { tables, out } = this.#options;
    while (this.#index < this.#limit) {
      const table = tables[this.#table];
      if (table === undefined)
        throw new RangeError(`the snapshot has no point ${this.#index}, which its length promises`);
      const end = this.#first + table.length;
      if (this.#index >= end) {
        this.#closeMetric();
        this.#first = end;
        this.#table += 1;
        continue;
      }
      // At the same rows wherever the part begins. Without Math.min, which gives V8 doubles for row numbers.
      const row = this.#index - this.#first;
      let lookAt = this.#index + ROWS_PER_LOOK - (row % ROWS_PER_LOOK);
      if (lookAt > end) lookAt = end;
      if (lookAt > this.#limit) lookAt = this.#limit;
      if (!this.#encode(table, lookAt, out.position + BYTES_PER_LOOK)) return true;
      if (isOver()) return this.#index === this.#limit;
    }
    return true;
  }

  /** finish gives the part that the steps made. */
  finish(): EncodedPart {
    const { format, out } = this.#options;
    if (this.#error !== undefined) return { from: this.#from, to: this.#index, error: this.#error };
    this.#closeMetric();
    const body = format.end(out);
    return { from: this.#from, to: this.#index, dataPoints: this.#dataPoints, body };
  }

  #closeMetric(): void {
    const { format, out } = this.#options;
    if (this.#writer === undefined) return;
    format.closeMetric(out);
    this.#writer.close();
    this.#writer = undefined;
  }

  /**
   * encode writes points of a table up to `end`, or until the writer has come to `until`; false when the next one is
   * not in this part any more, or is a part of its own that can't be sent.
   */
  #encode(table: PointTable, end: number, until: number): boolean {
    if (this.#write(table, end, until) === undefined) return true;
    // One of them doesn't fit, or can't be sent: one by one it shows which.
    while (this.#index < end && this.#options.out.position < until) {
      const obstacle = this.#write(table, this.#index + 1, until);
      if (obstacle === undefined) continue;
      // The point is the next part's, or this one's alone if it can't be sent. Points that were passed over in a delta
      // stream may stand before it: it takes them along.
      if (this.#dataPoints === 0) {
        this.#error = obstacle;
        this.#index += 1;
      }
      return false;
    }
    return true;
  }

  /**
   * write writes points of a table up to `end`, or until the writer has come to `until`: all of them, or else none. Then
   * it gives what stands in the way.
   */
  #write(table: PointTable, end: number, until: number): OtlpHttpError | undefined {
    const { format, out, temporality } = this.#options;
    const skipsUnchanged = sendsDelta(table.metric.kind, temporality);
    const first = this.#first;
    const run = this.#run;
    const start = out.position;
    let writer = this.#writer;
    let index = this.#index;
    let dataPoints = 0;
    let obstacle: OtlpHttpError | undefined;
    try {
      while (index < end && out.position < until) {
        let to = end;
        if (skipsUnchanged) {
          const next = index;
          for (to = next; to < end && table.isChanged(to - first);) to += 1;
          if (to === next) {
            index += 1;
            continue;
          }
        }
        writer ??= format.openMetric(out, table);
        run.from = index - first;
        run.to = to - first;
        run.until = until;
        const next = writer.write(out, run) + first;
        dataPoints += next - index;
        index = next;
      }
      obstacle = this.#obstacle(dataPoints);
    } catch (error) {
      if (!(error instanceof OtlpHttpError)) throw error;
      obstacle = error;
    }
    if (obstacle !== undefined) {
      out.position = start;
      if (this.#writer === undefined) writer?.close();
      return obstacle;
    }
    this.#writer = writer;
    this.#index = index;
    this.#dataPoints += dataPoints;
    return undefined;
  }

  /** What keeps so many points, which were just written, out of this part: a single one may exceed it, alone in it. */
  #obstacle(dataPoints: number): OtlpHttpError | undefined {
    const { format, out, maxRequestBytes } = this.#options;
    const bytes = out.position + format.endingBytes;
    if (bytes <= this.#partBytes || dataPoints === 0) return undefined;
    if (this.#dataPoints === 0 && dataPoints === 1 && bytes <= maxRequestBytes) return undefined;
    return pointTooLarge(bytes, maxRequestBytes);
  }
}

function pointTooLarge(bytes: number, maxRequestBytes: number): OtlpHttpError {
  const message = `one data point takes a request of ${bytes} bytes, more than the ${maxRequestBytes} that are allowed`;
  return new OtlpHttpError('POINT_TOO_LARGE', message);
}
