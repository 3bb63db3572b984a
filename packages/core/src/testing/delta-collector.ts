import type { ExportOutcome } from '../exporter.ts';
import type { Point } from '../snapshot/point.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

interface Window {
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
  readonly amount: bigint;
}

interface SeriesWindows {
  /** Where the last settled window ended. */
  endUnixNano: bigint;
  /** A window that was sent and may have been taken: it must come again as it was. */
  frozen: Window | undefined;
}

interface Sums {
  accepted: bigint;
  rejected: bigint;
  unattributed: bigint;
}

/** DeltaCollector keeps watch over windows of deltas as a receiver would that knows nothing of the sender. */
export class DeltaCollector {
  readonly #series = new Map<string, SeriesWindows>();
  readonly #sums = new Map<string, Sums>();

  /** Takes a point that was answered with an outcome; throws when the window should not have come like that. */
  take(point: Point, snapshot: Snapshot, outcome: ExportOutcome['status']): void {
    if (point.type === 'gauge') return;
    const amount = BigInt(point.type === 'sum' ? point.delta : point.delta.count);
    if (amount === 0n) return;
    if (amount < 0n || amount >= 2n ** 63n) throw new Error(`${amount} does not fit the wire`);
    const { metric, attributes } = point.series;
    const key = JSON.stringify([metric.name, Object.entries(attributes).map(String).toSorted()]);
    const series = this.#series.get(key) ?? { endUnixNano: 0n, frozen: undefined };
    this.#series.set(key, series);
    const window = {
      startTimeUnixNano: point.windowStartTimeUnixNano,
      timeUnixNano: snapshot.timeUnixNano,
      amount,
    };
    if (series.frozen !== undefined && !isSame(series.frozen, window))
      throw new Error(`${key} is not sent as it was`);
    if (window.startTimeUnixNano < series.endUnixNano) throw new Error(`${key} overlaps`);
    if (window.startTimeUnixNano >= window.timeUnixNano) throw new Error(`${key} has an empty window`);
    const sums = this.#sums.get(metric.name) ?? { accepted: 0n, rejected: 0n, unattributed: 0n };
    this.#sums.set(metric.name, sums);
    if (outcome === 'accepted') sums.accepted += amount;
    else if (outcome === 'partial') sums.unattributed += amount;
    else if (outcome === 'rejected') sums.rejected += amount;
    else if (outcome === 'ambiguous') series.frozen = window;
    if (outcome !== 'accepted' && outcome !== 'partial' && outcome !== 'rejected') return;
    series.frozen = undefined;
    series.endUnixNano = window.timeUnixNano;
  }

  /** What became of a metric's windows, when so much was recorded. */
  amounts(name: string, recorded: bigint): Sums & { readonly pending: bigint } {
    const sums = this.#sums.get(name) ?? { accepted: 0n, rejected: 0n, unattributed: 0n };
    return { ...sums, pending: recorded - sums.accepted - sums.rejected - sums.unattributed };
  }
}

function isSame(a: Window, b: Window): boolean {
  return (
    a.startTimeUnixNano === b.startTimeUnixNano && a.timeUnixNano === b.timeUnixNano && a.amount === b.amount
  );
}
