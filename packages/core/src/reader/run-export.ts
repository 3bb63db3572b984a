import type { Clock } from '../clock.ts';
import type { ExportOutcome, ExportReport, ExportedPart, Exporter } from '../exporter.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { TelemetryError } from '../telemetry-error.ts';

/** How long an exporter that was told to stop has to say how it ended. */
const graceMs = 250;

/**
 * runExport hands a snapshot to an exporter and gives its report as a list of parts that covers every point. It never
 * rejects and always ends: an exporter that breaks its contract (throws, makes no sense, or goes on after its signal)
 * has an ambiguous outcome.
 */
export async function runExport(
  exporter: Exporter,
  snapshot: Snapshot,
  options: { readonly clock: Clock; readonly timeoutMs: number; readonly abort: AbortController },
): Promise<readonly ExportedPart[]> {
  const { clock, timeoutMs, abort } = options;
  const overdue = Promise.withResolvers<ExportReport>();
  const cancels: (() => void)[] = [];
  const schedule = (callback: () => void, delayMs: number): void => {
    cancels.push(clock.schedule(callback, delayMs, { keepsProcessAlive: true }));
  };
  abort.signal.addEventListener('abort', () => {
    schedule(() => overdue.resolve(brokenContract('did not end by its deadline')), graceMs);
  });
  schedule(() => abort.abort(), timeoutMs);
  try {
    const exported = exporter.export(snapshot, { timeoutMs, signal: abort.signal });
    return partsOf(await Promise.race([exported, overdue.promise]), snapshot.points.length);
  } catch (cause) {
    return partsOf(brokenContract('threw', cause), snapshot.points.length);
  } finally {
    for (const cancel of cancels) cancel();
  }
}

/** runExportSync is runExport for an exporter that can deliver before it returns; `undefined` for one that can't. */
export function runExportSync(
  exporter: Exporter,
  snapshot: Snapshot,
  timeoutMs: number,
): readonly ExportedPart[] | undefined {
  if (exporter.exportSync === undefined) return undefined;
  const { length } = snapshot.points;
  try {
    return partsOf(exporter.exportSync(snapshot, { timeoutMs }), length);
  } catch (cause) {
    return partsOf(brokenContract('threw', cause), length);
  }
}

/** The parts of a report in point order, with what the exporter left out filled in. */
function partsOf(report: ExportReport, length: number): readonly ExportedPart[] {
  if (!('parts' in report)) return [{ from: 0, to: length, outcome: report }];
  const parts: ExportedPart[] = [];
  let covered = 0;
  for (const part of report.parts.toSorted((a, b) => a.from - b.from)) {
    const to = Math.min(part.to, length);
    if (part.from < covered || to <= part.from) continue;
    if (part.from > covered) parts.push({ from: covered, to: part.from, outcome: leftOut });
    parts.push({ from: part.from, to, outcome: part.outcome });
    covered = to;
  }
  if (covered < length) parts.push({ from: covered, to: length, outcome: leftOut });
  return parts;
}

const leftOut: ExportOutcome = brokenContract('did not say what became of some points');

function brokenContract(what: string, cause?: unknown): ExportOutcome {
  const error = new TelemetryError('EXPORTER_FAILED', `The exporter ${what}.`, { cause });
  return { status: 'ambiguous', error };
}
