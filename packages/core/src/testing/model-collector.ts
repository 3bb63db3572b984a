import type { Point } from '../snapshot/point.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

interface Stream {
  readonly startTimeUnixNano: bigint;
  timeUnixNano: bigint;
  total: bigint;
}

/**
 * ModelCollector sums up running totals as a receiver would that knows nothing of the sender: a stream is a series and
 * a start time, its last value counts, and streams of one series must adjoin.
 */
export class ModelCollector {
  readonly #streams = new Map<string, Stream[]>();

  take(point: Point, snapshot: Snapshot): void {
    if (point.type === 'gauge') return;
    const total = BigInt(point.type === 'sum' ? point.total : point.total.count);
    if (total >= 2n ** 63n) throw new Error(`${total} does not fit the wire`);
    const { metric, attributes } = point.series;
    const key = JSON.stringify([
      metric.name.toLowerCase(),
      Object.entries(attributes).map(String).toSorted(),
    ]);
    const streams = this.#streams.get(key) ?? [];
    this.#streams.set(key, streams);
    const last = streams.at(-1);
    const { timeUnixNano } = snapshot;
    if (last?.startTimeUnixNano === point.startTimeUnixNano) {
      if (last.timeUnixNano >= timeUnixNano) throw new Error(`${key} goes back in time`);
      if (last.total > total && point.type === 'sum' && point.monotonic) throw new Error(`${key} falls`);
      Object.assign(last, { timeUnixNano, total });
      return;
    }
    if (last !== undefined && last.timeUnixNano > point.startTimeUnixNano) throw new Error(`${key} overlaps`);
    streams.push({ startTimeUnixNano: point.startTimeUnixNano, timeUnixNano, total });
  }

  /** The sum of all series of a metric. */
  sum(name: string): bigint {
    let sum = 0n;
    for (const [key, streams] of this.#streams) {
      if ((JSON.parse(key) as [string])[0] === name) for (const { total } of streams) sum += total;
    }
    return sum;
  }
}
