import type { ExportOptions, ExportOutcome, ExportReport, Exporter } from '../exporter.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { TelemetryError } from '../telemetry-error.ts';

/** ScriptedExporter answers each export with the next report it was given, or with `accepted`. */
export class ScriptedExporter implements Exporter {
  readonly temporality = 'cumulative';
  readonly snapshots: Snapshot[] = [];
  readonly #reports: (
    | ExportReport
    | ((snapshot: Snapshot, options: ExportOptions) => Promise<ExportReport>)
  )[] = [];

  next(report: ExportReport | ((snapshot: Snapshot, options: ExportOptions) => Promise<ExportReport>)): void {
    this.#reports.push(report);
  }

  async export(snapshot: Snapshot, options: ExportOptions): Promise<ExportReport> {
    this.snapshots.push(snapshot);
    const report = this.#reports.shift() ?? { status: 'accepted' };
    return typeof report === 'function' ? await report(snapshot, options) : report;
  }
}

export function failed(status: 'not-delivered' | 'refused' | 'ambiguous' | 'rejected'): ExportOutcome {
  return { status, error: new TelemetryError('TEST_FAILURE', `scripted: ${status}`) };
}
