import type { Clock, ScheduleOptions } from '../clock.ts';
import type { ExportOutcome, ExportReport, ExportedPart, Exporter, PointRange } from '../exporter.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { TelemetryError } from '../telemetry-error.ts';

/** How long an exporter that was told to stop has to say how it ended. */
const graceMs = 250;

const keepsProcessAlive: ScheduleOptions = { keepsProcessAlive: true };

/**
 * runExport hands a snapshot to an exporter and gives its report as a list of parts that covers every point that was to be sent. It never
 * rejects and always ends: an exporter that breaks its contract (throws, makes no sense, or goes on after its signal)
 * has an ambiguous outcome.
 */
export async function runExport(
  exporter: Exporter,
  snapshot: Snapshot,
  options: {
    readonly clock: Clock;
    readonly timeoutMs: number;
    /** Hears, before the exporter is called, how to have it stopped. */
    readonly onBegun: (abort: () => void) => void;
    /** The only points to send. */
    readonly ranges?: readonly PointRange[] | undefined;
  },
): Promise<readonly ExportedPart[]> {
  const { clock, timeoutMs, onBegun, ranges } = options;
  const expected = ranges ?? [{ from: 0, to: snapshot.points.length }];
  const controller = new AbortController();
  const { signal } = controller;
  const { promise, resolve, reject } = Promise.withResolvers<ExportReport>();
  let cancelGrace: (() => void) | undefined;
  const giveUp = (): void => resolve(brokenContract('did not end by its deadline'));
  let isOver = false;
  const abort = (): void => {
    if (isOver) return;
    cancelGrace ??= clock.schedule(giveUp, graceMs, keepsProcessAlive);
    controller.abort();
  };
  onBegun(abort);
  const cancelTimeout = clock.schedule(abort, timeoutMs, keepsProcessAlive);
  try {
    Promise.resolve(exporter.export(snapshot, { timeoutMs, signal, ranges })).then(resolve, reject);
    return partsOf(await promise, expected);
  } catch (cause) {
    return partsOf(brokenContract('threw', cause), expected);
  } finally {
    isOver = true;
    cancelTimeout();
    cancelGrace?.();
  }
}

/** runExportSync is runExport for an exporter that can deliver before it returns. */
export function runExportSync(
  exporter: Exporter & Required<Pick<Exporter, 'exportSync'>>,
  snapshot: Snapshot,
  options: { readonly timeoutMs: number; readonly ranges: readonly PointRange[] },
): readonly ExportedPart[] {
  try {
    return partsOf(exporter.exportSync(snapshot, options), options.ranges);
  } catch (cause) {
    return partsOf(brokenContract('threw', cause), options.ranges);
  }
}

/** The parts of a report within the points that were to be sent, in order, with what the exporter left out filled in. */
function partsOf(report: ExportReport, expected: readonly PointRange[]): readonly ExportedPart[] {
  if (typeof report !== 'object' || report === null) throw new TypeError('the report is no object');
  if (!('parts' in report)) return expected.map(({ from, to }) => ({ from, to, outcome: checked(report) }));
  const reported = report.parts.toSorted((a, b) => a.from - b.from);
  const parts: ExportedPart[] = [];
  for (const range of expected) {
    let covered = range.from;
    for (const part of reported) {
      const from = Math.max(part.from, covered);
      const to = Math.min(part.to, range.to);
      if (from >= to) continue;
      if (from > covered) parts.push({ from: covered, to: from, outcome: leftOut });
      parts.push({ from, to, outcome: checked(part.outcome) });
      covered = to;
    }
    if (covered < range.to) parts.push({ from: covered, to: range.to, outcome: leftOut });
  }
  return parts;
}

/** An outcome, or, for what is none, that the exporter made no sense. */
function checked(outcome: ExportOutcome): ExportOutcome {
  if (typeof outcome !== 'object' || outcome === null) return nonsense;
  switch (outcome.status) {
    case 'accepted':
      return outcome;
    case 'partial':
      return Number.isFinite(outcome.rejectedDataPoints) ? outcome : nonsense;
    case 'not-delivered':
    case 'refused':
    case 'ambiguous':
    case 'rejected':
      return outcome.error instanceof TelemetryError ? outcome : nonsense;
    default:
      return nonsense;
  }
}

const nonsense: ExportOutcome = brokenContract('reported an outcome that makes no sense');
const leftOut: ExportOutcome = brokenContract('did not say what became of some points');

function brokenContract(what: string, cause?: unknown): ExportOutcome {
  const error = new TelemetryError('EXPORTER_FAILED', `The exporter ${what}.`, { cause });
  return { status: 'ambiguous', error };
}
