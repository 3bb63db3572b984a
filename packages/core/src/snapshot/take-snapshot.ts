import type { AttributeValue } from '../attributes.ts';
import type { MetricState } from '../state/metric-state.ts';
import type { State } from '../state/state.ts';
import { MetricData, type Restart } from './metric-data.ts';
import { Rows } from './rows.ts';
import type { WindowStarts } from './window-starts.ts';
import { TakenSnapshot } from './taken-snapshot.ts';

/** Settled is how far a reader has got with one metric. */
export interface Settled {
  /** The rows of the last delivery: what is new is the difference to them. */
  readonly settled: Rows | undefined;
  /** The moments of windows that were closed and are not delivered yet: they belong to what is new. */
  readonly carried: Rows | undefined;
  /** Where the window of each row began. */
  readonly windowStarts: WindowStarts;
  /** The running totals that were begun anew, by series id. */
  readonly restarts: ReadonlyMap<number, Restart>;
  /** limitToWire gives the rows, or what of them can be sent at once. */
  limitToWire(rows: Rows): Rows;
}

/**
 * takeSnapshot takes the numbers of all series as they are now; nothing is recorded meanwhile, since nothing here
 * waits. Reading changes nothing in the state that anyone sees.
 */
export function takeSnapshot(options: {
  readonly state: State;
  readonly settledOf: (metric: MetricState) => Settled;
  /** Whether it is to be sent: then it holds only what fits the wire. */
  readonly isToBeSent: boolean;
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
  readonly resource: ReadonlyMap<string, AttributeValue>;
  readonly labels: ReadonlyMap<string, AttributeValue>;
}): TakenSnapshot {
  const { settledOf, isToBeSent, ...rest } = options;
  const metrics: MetricData[] = [];
  for (const metric of options.state.metrics()) {
    if (metric.slab.rows === 0) continue;
    const book = settledOf(metric);
    const { settled, carried, windowStarts, restarts } = book;
    const all = Rows.of(metric);
    const rows = isToBeSent ? book.limitToWire(all) : all;
    metrics.push(new MetricData({ metric, rows, settled, carried, windowStarts, restarts }));
  }
  return new TakenSnapshot({ ...rest, metrics });
}
