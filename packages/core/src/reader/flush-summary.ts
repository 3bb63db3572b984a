import type { Clock } from '../clock.ts';
import type { ExportOutcome, ExportedPart, Exporter, FailedOutcome, PartialOutcome } from '../exporter.ts';
import { failure, success } from '../result.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { TelemetryError } from '../telemetry-error.ts';
import type { Delivery } from './deliver-window.ts';
import { FlushError, type FlushFailure, type FlushFigures, type FlushResult } from './flush-result.ts';

/** FlushSummary gathers what happened in one flush, over all its windows and tries, and makes its Result. */
export class FlushSummary {
  readonly #clock: Clock;
  readonly #isDelta: boolean;
  readonly #begunMs: number;
  readonly #parts: ExportedPart[] = [];
  readonly #dropped: Snapshot[] = [];
  #snapshot: Snapshot | undefined = undefined;
  #attempts = 0;

  constructor({ clock, exporter }: { readonly clock: Clock; readonly exporter: Exporter }) {
    this.#clock = clock;
    this.#isDelta = exporter.temporality !== 'cumulative';
    this.#begunMs = clock.monotonicMs();
  }

  /** add takes in how far a window got. */
  add(snapshot: Snapshot, { parts, attempts }: Delivery): void {
    this.#snapshot = snapshot;
    this.#attempts += attempts;
    this.#parts.push(...parts);
  }

  /** addDropped takes in a window that was given up. */
  addDropped(snapshot: Snapshot): void {
    this.#dropped.push(snapshot);
    this.#snapshot ??= snapshot;
  }

  /** The result of all that was taken in. */
  result(): FlushResult {
    const outcomes = this.#parts.map((part) => part.outcome);
    const failed = this.#failureOf(outcomes);
    if (failed !== undefined) return this.#failed(failed.error, failed.outcome);
    if (this.#snapshot === undefined) return this.resultUntried(0);
    const warnings = outcomes.flatMap((outcome) =>
      'warning' in outcome && outcome.warning ? [outcome.warning] : [],
    );
    const { httpStatus } = outcomes.findLast((outcome) => outcome.httpStatus !== undefined) ?? {};
    return success({ ...this.#figures(), snapshot: this.#snapshot, warnings, httpStatus });
  }

  /** The result when, for all that was left to do, no request could be made for so long. */
  resultUntried(waitMs: number): FlushResult {
    const failed = this.#failureOf(this.#parts.map((part) => part.outcome));
    return this.#failed(failed?.error ?? backingOff(waitMs), failed?.outcome);
  }

  #failed(error: TelemetryError, outcome: FlushFailure | undefined): FlushResult {
    const outcomes = this.#parts.map((part) => part.outcome);
    const rejectedDataPoints = outcomes
      .filter(isPartial)
      .reduce((sum, { rejectedDataPoints: n }) => sum + n, 0);
    return failure(
      new FlushError(error, {
        ...this.#figures(),
        outcome,
        httpStatus: outcomes.find(({ status }) => status === outcome)?.httpStatus,
        kept: this.#dropped.length === 0 && outcomes.every((each) => this.#isKept(each)),
        snapshot: this.#snapshot,
        rejectedDataPoints,
      }),
    );
  }

  /** What to report first: what failed, then what was taken in part, then what was given up. */
  #failureOf(
    outcomes: readonly ExportOutcome[],
  ): { readonly error: TelemetryError; readonly outcome: FlushFailure | undefined } | undefined {
    const failed = outcomes.find(isFailed);
    if (failed !== undefined) return { error: failed.error, outcome: failed.status };
    const partial = outcomes.filter(isPartial);
    if (partial.length > 0) return { error: partialSuccess(partial), outcome: 'partial' };
    return this.#dropped.length > 0 ? { error: windowDropped(this.#dropped), outcome: undefined } : undefined;
  }

  /** Whether nothing of it is lost: a rejected running total lives on in the next one, a rejected delta does not. */
  #isKept({ status }: ExportOutcome): boolean {
    return status !== 'partial' && !(status === 'rejected' && this.#isDelta);
  }

  #figures(): FlushFigures {
    const sumOf = (name: 'sentBytes' | 'sentDataPoints'): number =>
      this.#parts.reduce((sum, { outcome }) => sum + (outcome[name] ?? 0), 0);
    return {
      durationMs: this.#clock.monotonicMs() - this.#begunMs,
      attempts: this.#attempts,
      sentBytes: sumOf('sentBytes'),
      sentDataPoints: sumOf('sentDataPoints'),
    };
  }
}

function isFailed(outcome: ExportOutcome): outcome is FailedOutcome {
  return outcome.status !== 'accepted' && outcome.status !== 'partial';
}

function isPartial(outcome: ExportOutcome): outcome is PartialOutcome {
  return outcome.status === 'partial';
}

function partialSuccess(partial: readonly PartialOutcome[]): TelemetryError {
  const rejected = partial.reduce((sum, outcome) => sum + outcome.rejectedDataPoints, 0);
  const reasons = [...new Set(partial.map((outcome) => outcome.message).filter((message) => message !== ''))];
  const because = reasons.length === 0 ? 'it gave no reason' : reasons.join('; ');
  return new TelemetryError(
    'PARTIAL_SUCCESS',
    `The collector took the request but rejected ${rejected} of its data points: ${because}.`,
  );
}

function windowDropped(dropped: readonly Snapshot[]): TelemetryError {
  const since = dropped.map((snapshot) =>
    new Date(Number(snapshot.startTimeUnixNano / 1_000_000n)).toISOString(),
  );
  return new TelemetryError(
    'WINDOW_DROPPED',
    `What was recorded since ${since.join(' and ')} could not be delivered for too long and was given up.`,
  );
}

function backingOff(waitMs: number): TelemetryError {
  return new TelemetryError(
    'BACKING_OFF',
    `No request was made: after failures, or because the collector asked for it, the next is due in ${Math.ceil(waitMs)} ms.`,
  );
}
