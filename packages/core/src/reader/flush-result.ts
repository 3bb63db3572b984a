import type { ExportOutcome } from '../exporter.ts';
import { type Result, failure } from '../result.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { TelemetryError } from '../telemetry-error.ts';

/** FlushFigures is what a flush took. */
export interface FlushFigures {
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
  /** How often the exporter was called: 1 when nothing was tried again. */
  readonly attempts: number;
  /** How many bytes of request bodies went out, as they were sent, where the exporter says. */
  readonly sentBytes: number;
  /** How many data points were in them. */
  readonly sentDataPoints: number;
}

/** FlushReport says what a flush delivered. */
export interface FlushReport extends FlushFigures {
  /** What was sent: everything in it is with the collector. */
  readonly snapshot: Snapshot;
  /** What the collector said besides, one text per request. */
  readonly warnings: readonly string[];
  /** The HTTP status of the last answer, where the exporter says. */
  readonly httpStatus: number | undefined;
}

/** FlushFailure is what can go wrong with a request. */
export type FlushFailure = Exclude<ExportOutcome['status'], 'accepted'>;

/**
 * FlushError says why a flush did not deliver everything. Its `code` is the exporter's, or `PARTIAL_SUCCESS`,
 * `WINDOW_DROPPED`, `BACKING_OFF`, `EXPORTER_FAILED` or `SHUT_DOWN`.
 */
export class FlushError extends TelemetryError implements FlushFigures {
  /** The class, for logs; match on `code` instead. */
  override readonly name = 'FlushError';
  /** What went wrong, as the exporter reported it for the first request that failed; `undefined` when none was made. */
  readonly outcome: FlushFailure | undefined;
  /** The HTTP status of that request's answer, if there was one. */
  readonly httpStatus: number | undefined;
  /** Whether all that was not delivered is kept, and part of the next flush. */
  readonly kept: boolean;
  /** What was to be sent; `undefined` when nothing was tried. */
  readonly snapshot: Snapshot | undefined;
  /** How many data points the collector rejected in requests that it took otherwise. */
  readonly rejectedDataPoints: number;
  readonly durationMs: number;
  readonly attempts: number;
  readonly sentBytes: number;
  readonly sentDataPoints: number;

  constructor(
    error: TelemetryError,
    details: FlushFigures & {
      readonly outcome: FlushFailure | undefined;
      readonly httpStatus: number | undefined;
      readonly kept: boolean;
      readonly snapshot: Snapshot | undefined;
      readonly rejectedDataPoints: number;
    },
  ) {
    super(error.code, error.message, { cause: error });
    this.outcome = details.outcome;
    this.httpStatus = details.httpStatus;
    this.kept = details.kept;
    this.snapshot = details.snapshot;
    this.rejectedDataPoints = details.rejectedDataPoints;
    this.durationMs = details.durationMs;
    this.attempts = details.attempts;
    this.sentBytes = details.sentBytes;
    this.sentDataPoints = details.sentDataPoints;
  }
}

/** FlushResult is what `flush()` resolves to. */
export type FlushResult = Result<FlushReport, FlushError>;

/** The error of a flush after, or too late within, the shutdown: nothing was tried, and nothing will be. */
export function flushedTooLate(): FlushError {
  const error = new TelemetryError('SHUT_DOWN', 'Nothing was flushed: this telemetry handle was shut down.');
  return untried(error, { kept: false });
}

/** The result of a flush that broke in a way that nobody thought of: no one is to pay for that with an exception. */
export function flushBroke(cause: unknown): FlushResult {
  const error = new TelemetryError('EXPORTER_FAILED', 'The flush broke unexpectedly.', { cause });
  return failure(untried(error, { kept: true }));
}

function untried(error: TelemetryError, { kept }: { readonly kept: boolean }): FlushError {
  return new FlushError(error, {
    outcome: undefined,
    httpStatus: undefined,
    kept,
    snapshot: undefined,
    rejectedDataPoints: 0,
    durationMs: 0,
    attempts: 0,
    sentBytes: 0,
    sentDataPoints: 0,
  });
}
