import {
  TelemetryError,
  type ExportedPart,
  type ExportOutcome,
  type FailedOutcome,
  type PointRange,
  type Snapshot,
} from '@pqcnet/telemetry-core';

import type { EncodedRequest } from './encode/request-encoder.ts';
import type { SnapshotEncoding } from './encode/snapshot-encoding.ts';
import { OtlpHttpError } from './otlp-http-error.ts';
import type { SentRequest } from './send-request.ts';

const nothingToSend: ExportOutcome = { status: 'accepted' };

/** ExportInPartsOptions is what to send, with what, and until when. */
export interface ExportInPartsOptions {
  readonly encoding: SnapshotEncoding;
  /** In point order, without overlaps. */
  readonly ranges: readonly PointRange[];
  readonly signal: AbortSignal;
  /** Sends one request and says what became of it. */
  readonly send: (request: EncodedRequest) => Promise<SentRequest>;
}

/**
 * exportInParts settles ranges of a snapshot's points one after another, each in as many requests as it takes, and stops
 * where the receiver can't be reached. The parts that it gives cover the ranges. A part that went out as one request does
 * so again when it is a range itself, with the same bytes.
 */
export async function exportInParts(
  snapshot: Snapshot,
  options: ExportInPartsOptions,
): Promise<readonly ExportedPart[]> {
  const { encoding, signal, send } = options;
  const parts: ExportedPart[] = [];
  /** What is not settled, the next range last. */
  const left = options.ranges.toReversed();
  const settleRest = (outcome: ExportOutcome): void => {
    for (let range = left.pop(); range !== undefined; range = left.pop()) parts.push({ ...range, outcome });
  };
  try {
    const turn = encoding.waitForTurn(snapshot);
    if (turn !== undefined) await turn;
    const encoder = encoding.begin(snapshot);
    for (let range = left.at(-1); range !== undefined; range = left.at(-1)) {
      // One after another on purpose: the receiver gets one request at a time.
      const encoded = encoding.encodePart(encoder, range, signal);
      const part = encoded instanceof Promise ? await encoded : encoded;
      if (signal.aborted) {
        settleRest({ status: 'not-delivered', error: deadlineError(signal) });
        break;
      }
      let outcome: ExportOutcome = nothingToSend;
      if (part.error !== undefined) outcome = { status: 'rejected', error: part.error };
      else if (part.dataPoints > 0) {
        const sent = await send(part);
        if (sent.bodyInUse) encoding.dropBuffer();
        ({ outcome } = sent);
      }
      const { from, to } = part;
      const isHalved = part.error === undefined && part.dataPoints > 1 && isTooLarge(outcome);
      // When the size was lowered, the range is planned anew; else its points are halved.
      if (isHalved && encoding.lowerRequestSize(part.body.byteLength)) continue;
      left.pop();
      if (to < range.to) left.push({ from: to, to: range.to });
      if (isHalved) {
        const middle = (from + to) >>> 1;
        left.push({ from: middle, to }, { from, to: middle });
        continue;
      }
      parts.push({ from, to, outcome });
      if (endsExport(outcome)) settleRest(notTried(outcome));
    }
  } catch (cause) {
    // What all requests share can't be sent, or something is wrong here.
    const error =
      cause instanceof OtlpHttpError
        ? cause
        : new TelemetryError('EXPORTER_FAILED', 'the exporter failed unexpectedly', { cause });
    settleRest({ status: 'rejected', error });
  } finally {
    encoding.end();
  }
  return parts;
}

function isTooLarge(outcome: ExportOutcome): boolean {
  return (
    outcome.status === 'rejected' && outcome.error instanceof OtlpHttpError && outcome.error.status === 413
  );
}

/** endsExport says that further requests would fare no better, or must wait. */
export function endsExport(outcome: ExportOutcome): outcome is FailedOutcome {
  return outcome.status === 'not-delivered' || outcome.status === 'refused' || outcome.status === 'ambiguous';
}

/** What becomes of points behind a request that failed: the same, but that nothing of them was sent. */
export function notTried({ status, error, notBeforeUnixMs }: FailedOutcome): FailedOutcome {
  return {
    // Trying again soon helps neither when the first was refused.
    status: status === 'refused' ? 'refused' : 'not-delivered',
    error,
    ...(notBeforeUnixMs !== undefined && { notBeforeUnixMs }),
  };
}

function deadlineError(signal: AbortSignal): OtlpHttpError {
  const message = 'the time was over before the request was sent';
  return new OtlpHttpError('DEADLINE_EXCEEDED', message, { cause: signal.reason });
}
