import type { AttributeValue, PointTable, Temporality } from '@pqcnet/telemetry-core';

import type { ByteWriter } from './byte-writer.ts';

/** ROWS_PER_LOOK is how many rows are written between two looks at the clock. */
export const ROWS_PER_LOOK = 32;

/** LabelPlacement says where labels go: into the resource, onto every data point, or both. */
export type LabelPlacement = 'both' | 'resource' | 'datapoint';

/** EncodeContext is what all requests share, as long as resource and labels stay the same. */
export interface EncodeContext {
  /** Attributes of the resource, labels included where they belong there. */
  readonly resource: ReadonlyMap<string, AttributeValue>;
  /** The labels that go onto points; empty when none do. */
  readonly pointLabels: ReadonlyMap<string, AttributeValue>;
  readonly temporality: Temporality;
}

/**
 * RequestFormat writes requests in one encoding, piece by piece. A request is begun, holds metrics with their points,
 * and is ended.
 */
export interface RequestFormat {
  /** How many bytes a request has at most beyond the writer's position when it ends behind a point of the open metric. */
  readonly endingBytes: number;
  /** beginSnapshot is told when the snapshot was taken whose points come next, in nanoseconds since the Unix epoch. */
  beginSnapshot(timeUnixNano: bigint): void;
  /** begin starts a new request at the writer's start. */
  begin(out: ByteWriter): void;
  /** openMetric starts the metric of a table, and gives what writes its points. */
  openMetric(out: ByteWriter, table: PointTable): PointWriter;
  closeMetric(out: ByteWriter): void;
  /** end completes the request and gives its bytes, in the writer's memory. */
  end(out: ByteWriter): Uint8Array;
}

/** RowRun is rows to be written, one at least. The same object every time, since a run has few rows. */
export interface RowRun {
  /** The first row, and the one behind the last. */
  readonly from: number;
  readonly to: number;
  /** No second or later row is begun when the writer has come to this position. */
  readonly until: number;
}

/** PointWriter writes points of one type, of the metric that was opened last. */
export interface PointWriter {
  /**
   * write writes the points of rows, and gives the row before which it ended. When it throws, part of them may have
   * been written.
   *
   * @throws OtlpHttpError VALUE_OUT_OF_RANGE when OTLP can't carry a value or an attribute.
   */
  write(out: ByteWriter, run: RowRun): number;
  /** close lets go of the metric's table. */
  close(): void;
}
