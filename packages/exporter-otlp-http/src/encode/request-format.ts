import type { AttributeValue, Point, Temporality } from '@pqcnet/telemetry-core';

import type { ByteWriter } from './byte-writer.ts';
import type { EncodeIdentity, IdentityCache } from './identity-cache.ts';

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

/** PointStarts is when a point's numbers began: its delta, and its running total. */
export interface PointStarts {
  readonly windowStartTimeUnixNano: bigint;
  readonly startTimeUnixNano: bigint;
}

/**
 * RequestFormat writes requests in one encoding, piece by piece. A request is begun, holds metrics with their points,
 * and is ended; between any two pieces `sizeIfEnded` says what it would come to.
 */
export interface RequestFormat {
  /** begin starts a new request at the writer's start. */
  begin(out: ByteWriter): void;
  /** openMetric starts the metric of a point. */
  openMetric(out: ByteWriter, point: Point): void;
  /**
   * writePoint writes a point of the open metric, with the identity that was located last.
   *
   * @throws OtlpHttpError VALUE_OUT_OF_RANGE when OTLP can't carry its value.
   */
  writePoint(out: ByteWriter, point: Point, identity: IdentityCache): void;
  closeMetric(out: ByteWriter): void;
  /** sizeIfEnded is the most that the request comes to, in bytes, if it ends here. */
  sizeIfEnded(out: ByteWriter): number;
  /** end completes the request and gives its bytes, in the writer's memory. */
  end(out: ByteWriter): Uint8Array;
  /** encodeIdentity writes what is the same for all points of a point's series. */
  readonly encodeIdentity: EncodeIdentity;
}
