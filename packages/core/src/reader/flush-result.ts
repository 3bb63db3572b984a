import type { ExportOutcome, ExportedPart, FailedOutcome, PartialOutcome } from '../exporter.ts';
import { type Result, failure, success } from '../result.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { TelemetryError } from '../telemetry-error.ts';

/** FlushReport says what a flush delivered. */
export interface FlushReport {
  /** What was sent: everything in it is with the collector. */
  readonly snapshot: Snapshot;
  /** How long the flush took, in milliseconds. */
  readonly durationMs: number;
  /** What the collector said besides, one text per request. */
  readonly warnings: readonly string[];
}

/** FlushError says why a flush did not deliver everything. Its `code` is the cause's, or `PARTIAL_SUCCESS`. */
export class FlushError extends TelemetryError {
  override readonly name = 'FlushError';
  /** What went wrong, as the exporter reported it for the first request that failed; `undefined` when nothing was tried. */
  readonly outcome: Exclude<ExportOutcome['status'], 'accepted'> | undefined;
  /** Whether all that was not delivered is kept, and part of the next flush. */
  readonly kept: boolean;
  /** What was to be sent; `undefined` when nothing was tried. */
  readonly snapshot: Snapshot | undefined;
  /** How long the flush took, in milliseconds. */
  readonly durationMs: number;
  /** How many data points the collector rejected in requests that it took otherwise. */
  readonly rejectedDataPoints: number;

  constructor(
    error: TelemetryError,
    details: {
      readonly outcome?: Exclude<ExportOutcome['status'], 'accepted'> | undefined;
      readonly kept: boolean;
      readonly snapshot: Snapshot | undefined;
      readonly durationMs: number;
      readonly rejectedDataPoints?: number;
    },
  ) {
    super(error.code, error.message, { cause: error });
    this.outcome = details.outcome;
    this.kept = details.kept;
    this.snapshot = details.snapshot;
    this.durationMs = details.durationMs;
    this.rejectedDataPoints = details.rejectedDataPoints ?? 0;
  }
}

/** FlushResult is what `flush()` resolves to. */
export type FlushResult = Result<FlushReport, FlushError>;

/** flushResultOf sums up the outcomes of all parts: a success only when every one was accepted. */
export function flushResultOf(
  parts: readonly ExportedPart[],
  about: { readonly snapshot: Snapshot; readonly durationMs: number; readonly warnings: readonly string[] },
): FlushResult {
  const outcomes = parts.map((part) => part.outcome);
  const failed = outcomes.filter(isFailed);
  const partial = outcomes.filter((outcome) => outcome.status === 'partial');
  if (failed.length === 0 && partial.length === 0) {
    const warnings = outcomes.flatMap((outcome) =>
      'warning' in outcome && outcome.warning ? [outcome.warning] : [],
    );
    return success({ ...about, warnings: [...about.warnings, ...warnings] });
  }
  const rejectedDataPoints = partial.reduce((sum, outcome) => sum + outcome.rejectedDataPoints, 0);
  const error = failed[0]?.error ?? partialSuccessError(partial, rejectedDataPoints);
  const outcome = failed[0]?.status ?? 'partial';
  return failure(
    new FlushError(error, { ...about, outcome, kept: partial.length === 0, rejectedDataPoints }),
  );
}

function isFailed(outcome: ExportOutcome): outcome is FailedOutcome {
  return outcome.status !== 'accepted' && outcome.status !== 'partial';
}

function partialSuccessError(partial: readonly PartialOutcome[], rejectedDataPoints: number): TelemetryError {
  const reasons = [...new Set(partial.map((outcome) => outcome.message).filter((message) => message !== ''))];
  const because = reasons.length === 0 ? 'it gave no reason' : reasons.join('; ');
  return new TelemetryError(
    'PARTIAL_SUCCESS',
    `The collector took the request but rejected ${rejectedDataPoints} of its data points: ${because}.`,
  );
}

/** The error of a flush after, or too late within, the shutdown: nothing was tried, and nothing will be. */
export function flushedTooLate(): FlushError {
  const error = new TelemetryError('SHUT_DOWN', 'Nothing was flushed: this telemetry handle was shut down.');
  return new FlushError(error, { kept: false, snapshot: undefined, durationMs: 0 });
}
