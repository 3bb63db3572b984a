import type { Snapshot } from './snapshot/snapshot.ts';
import type { TelemetryError } from './telemetry-error.ts';

/**
 * Temporality says what an exporter sends of sums and histograms: `cumulative` the running totals since the series
 * began, `delta` what happened since the last delivered flush, `low-memory` delta for counters and histograms and
 * cumulative for the rest.
 *
 * Source: OpenTelemetry metrics data model, "Temporality"; OTLP exporter specification, "Temporality preference".
 */
export type Temporality = 'cumulative' | 'delta' | 'low-memory';

/**
 * Exporter takes snapshots to where they are to go. Swap it to send metrics anywhere else; `export` gets an
 * immutable snapshot and says truthfully what became of it, and the reader settles its books by that report.
 */
export interface Exporter {
  /** Which values of a point this exporter sends. */
  readonly temporality: Temporality;
  /**
   * export delivers one snapshot. At most one call is under way at a time, and never one for an empty snapshot.
   * It never rejects: what goes wrong is an outcome. It ends by `options.signal`.
   */
  export(snapshot: Snapshot, options: ExportOptions): Promise<ExportReport>;
  /**
   * exportSync delivers one snapshot before it returns, for a process that is about to die of an uncaught error and
   * will not come back to its event loop. Like `export` it never throws. Leave it out where that can't be done.
   */
  exportSync?(snapshot: Snapshot, options: Pick<ExportOptions, 'timeoutMs' | 'ranges'>): ExportReport;
  /** shutdown frees what the exporter holds (sockets, files). No export follows. */
  shutdown?(): Promise<void>;
}

/** ExportOptions is what one export must keep to. */
export interface ExportOptions {
  /**
   * The only points to send, in order, each range in requests of its own: what is left of a snapshot that was sent
   * before. It must come out as the same bytes. Default: all points.
   */
  readonly ranges?: readonly PointRange[] | undefined;
  /** The time left for this export, retries included, in milliseconds. */
  readonly timeoutMs: number;
  /** Aborts when that time is over. */
  readonly signal: AbortSignal;
}

/** ExportReport says what became of a snapshot: as a whole, or range by range when it went in several requests. */
export type ExportReport =
  | ExportOutcome
  | {
      /** In the order of the points, each in one part. */
      readonly parts: readonly ExportedPart[];
    };

/** PointRange is the points `from` (inclusive) to `to` (exclusive), in the order of `snapshot.points`. */
export interface PointRange {
  /** The index of the first point. */
  readonly from: number;
  /** The index after the last point. */
  readonly to: number;
}

/** ExportedPart is the outcome for some points. */
export interface ExportedPart extends PointRange {
  /** What became of these points. */
  readonly outcome: ExportOutcome;
}

/** ExportOutcome is what is known about one request. */
export type ExportOutcome = AcceptedOutcome | PartialOutcome | FailedOutcome;

/** OutcomeDetails is what else an exporter can tell of a request, for those who watch. */
export interface OutcomeDetails {
  /** How many bytes the body had, as it was sent. */
  readonly sentBytes?: number;
  /** How many data points were in it. */
  readonly sentDataPoints?: number;
  /** The HTTP status of the answer. */
  readonly httpStatus?: number;
}

/** AcceptedOutcome: the receiver took every point. `warning` is what it said besides, if anything. */
export interface AcceptedOutcome extends OutcomeDetails {
  /** What tells outcomes apart. */
  readonly status: 'accepted';
  /** What the receiver said besides, for people. */
  readonly warning?: string;
}

/** PartialOutcome: the receiver took the request but rejected some points, without saying which. */
export interface PartialOutcome extends OutcomeDetails {
  /** What tells outcomes apart. */
  readonly status: 'partial';
  /** How many points were rejected: an integer ≥ 1. */
  readonly rejectedDataPoints: number;
  /** The receiver's reason. */
  readonly message: string;
}

/**
 * FailedOutcome: no success is known.
 *
 * - `not-delivered`: no byte of the body left this process (DNS, connect, TLS).
 * - `refused`: the answer blames the address or the credentials, not the data (401, 403, 404, 405, 407).
 * - `ambiguous`: part of the body may have left and there was no final answer (time-out, reset, 429, 502, 503, 504).
 * - `rejected`: any other final answer.
 */
export interface FailedOutcome extends OutcomeDetails {
  /** What is known of the request; see above. */
  readonly status: 'not-delivered' | 'refused' | 'ambiguous' | 'rejected';
  /** Why it failed. */
  readonly error: TelemetryError;
  /** No request may be made before this time (milliseconds since the Unix epoch), because the receiver asked so. */
  readonly notBeforeUnixMs?: number;
}
