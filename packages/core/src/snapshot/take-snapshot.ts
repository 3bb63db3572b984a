import type { AttributeValue } from '../attributes.ts';
import { addMoments, histogramRow } from '../state/histogram-row.ts';
import type { MetricState } from '../state/metric-state.ts';
import type { State } from '../state/state.ts';
import { MetricData } from './metric-data.ts';
import { Rows } from './rows.ts';
import { TakenSnapshot } from './taken-snapshot.ts';

/** Settled is how far a reader has got with one metric. */
export interface Settled {
  /** The rows of the last delivery: what is new is the difference to them. */
  readonly settled: Rows | undefined;
  /** The rows when windows were last closed without being delivered: their moments belong to what is new. */
  readonly carried: Rows | undefined;
}

/**
 * takeSnapshot copies the numbers of all series as they are now; nothing is recorded meanwhile, since nothing here
 * waits. Reading changes nothing in the state.
 */
export function takeSnapshot(options: {
  readonly state: State;
  readonly settledOf: (metric: MetricState) => Settled;
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
  readonly resource: ReadonlyMap<string, AttributeValue>;
  readonly labels: ReadonlyMap<string, AttributeValue>;
}): TakenSnapshot {
  const { settledOf, ...rest } = options;
  const metrics: MetricData[] = [];
  for (const metric of options.state.metrics()) {
    if (metric.slab.rows === 0) continue;
    const { settled, carried } = settledOf(metric);
    const rows = Rows.copyOf(metric);
    if (metric.kind === 'latency' || metric.kind === 'histogram') completeMoments(rows, carried);
    metrics.push(new MetricData({ metric, rows, settled }));
  }
  return new TakenSnapshot({ ...rest, metrics });
}

/**
 * Makes the moments in copied histogram rows what a snapshot shows: `closed…` those of all time, `window…` those of
 * all that is undelivered.
 */
function completeMoments(rows: Rows, carried: Rows | undefined): void {
  const { values, width } = rows;
  for (let row = 0; row < rows.length; row++) {
    const at = row * width;
    addMoments(values, at + histogramRow.closedSum, values, at + histogramRow.windowSum);
    if (carried !== undefined && row < carried.length) {
      addMoments(values, at + histogramRow.windowSum, carried.values, at + histogramRow.windowSum);
    }
  }
}
