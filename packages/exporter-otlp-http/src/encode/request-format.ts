import type { AttributeValue, PointTable, Temporality } from '@pqcnet/telemetry-core';

import type { ByteWriter } from './byte-writer.ts';

/** LabelPlacement says where labels go: into the resource, onto every data point, or both. */
export type LabelPlacement = 'both' | 'resource' | 'datapoint';

/** EncodeContext is what all requests of one snapshot share. */
export interface EncodeContext {
  /** Attributes of the resource, labels included where they belong there. */
  readonly resource: ReadonlyMap<string, AttributeValue>;
  /** The labels that go onto points; empty when none do. */
  readonly pointLabels: ReadonlyMap<string, AttributeValue>;
  readonly temporality: Temporality;
  /** When the snapshot was taken, in nanoseconds since the Unix epoch. */
  readonly timeUnixNano: bigint;
}

/**
 * RequestFormat writes requests in one encoding, piece by piece. A request is begun, holds metrics with their points,
 * and is ended.
 */
export interface RequestFormat {
  /** How many bytes a request has at most beyond the writer's position when it ends behind a point of the open metric. */
  readonly endingBytes: number;
  /** begin starts a new request at the writer's start. */
  begin(out: ByteWriter): void;
  /** openMetric starts the metric of a table, and gives what writes its points. */
  openMetric(out: ByteWriter, table: PointTable): PointWriter;
  closeMetric(out: ByteWriter): void;
  /** end completes the request and gives its bytes, in the writer's memory. */
  end(out: ByteWriter): Uint8Array;
}

/** PointWriter writes points of one type, of the metric that was opened last. */
export interface PointWriter {
  /**
   * write writes the point of a row. When it throws, part of it may have been written.
   *
   * @throws OtlpHttpError VALUE_OUT_OF_RANGE when OTLP can't carry its value or an attribute.
   */
  write(out: ByteWriter, row: number): void;
}
