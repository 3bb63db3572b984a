import type { MetricState } from '../state/metric-state.ts';
import { firstCountingPlace } from '../state/aggregation.ts';
import type { PointRange } from '../exporter.ts';
import type { MetricData } from '../snapshot/metric-data.ts';
import type { Rows } from '../snapshot/rows.ts';

/**
 * Amounts say where everything that was recorded is: for counters in sums of what was added, for latencies and
 * histograms in numbers of records. Gauges don't count. At every instant
 * recorded = accepted + pending + rejected + dropped + unattributed.
 */
export interface Amounts {
  /** All that was ever recorded. */
  readonly recorded: bigint;
  /** What the collector is known to have taken. */
  readonly accepted: bigint;
  /** What is not delivered yet, or was sent without an answer that settles it. */
  readonly pending: bigint;
  /** What the collector finally refused to take. */
  readonly rejected: bigint;
  /** What was given up because it had become too old. */
  readonly dropped: bigint;
  /** What was in a request that the collector took in part: it doesn't say which part. */
  readonly unattributed: bigint;
}

/** Account is where everything that was recorded is, in all and by metric. */
export interface Account extends Amounts {
  /** The same for each metric, by the name it was first recorded with. */
  readonly byName: ReadonlyMap<string, Amounts>;
}

/** The sum of several amounts. */
export function addAmounts(amounts: Iterable<Amounts>): Amounts {
  const sum = { recorded: 0n, accepted: 0n, pending: 0n, rejected: 0n, dropped: 0n, unattributed: 0n };
  for (const each of amounts) {
    for (const name of Object.keys(sum) as (keyof Amounts)[]) sum[name] += each[name];
  }
  return sum;
}

/** All that is in the series of a metric now, in the unit of the account. */
export function amountRecorded(metric: MetricState): bigint {
  if (metric.counts !== undefined) return metric.counts.sum();
  let amount = 0n;
  for (const base of metric.wideBases.values()) amount += base;
  for (const chunk of metric.slab.usedChunks()) amount += amountInRows(metric, chunk);
  return amount;
}

/** What some rows of a metric hold, or a range of them, in the unit of the account; nothing for gauges. */
export function amountIn(metric: MetricState, rows: Rows | undefined, range?: PointRange): bigint {
  if (rows === undefined) return 0n;
  if (rows.counts !== undefined) return rows.counts.sum(range);
  const { from, to } = range ?? { from: 0, to: rows.length };
  let amount = amountInRows(metric, rows.values.subarray(from * rows.width, to * rows.width));
  for (const [row, base] of rows.wideBases) if (row >= from && row < to) amount += base;
  return amount;
}

/** What is new in some rows of a snapshot, in the unit of the account. */
export function amountBetween({ metric, rows, settled }: MetricData, range: PointRange): bigint {
  return amountIn(metric, rows, range) - amountIn(metric, settled, range);
}

/** The sum of the integers that count in each row: a sum itself, how many values exponential buckets hold. */
function amountInRows(metric: MetricState, values: Float64Array): bigint {
  if (metric.aggregation === 'gauge') return 0n;
  const { width } = metric.slab;
  const firstPlace = firstCountingPlace(metric.aggregation);
  let sum = 0n;
  let partial = 0;
  for (let row = 0; row < values.length; row += width) {
    for (let place = firstPlace; place < width; place++) {
      const next = partial + (values[row + place] as number);
      // All of them are whole numbers.
      if (next <= Number.MAX_SAFE_INTEGER && next >= Number.MIN_SAFE_INTEGER) {
        partial = next;
        continue;
      }
      sum += BigInt(partial);
      partial = values[row + place] as number;
    }
  }
  return sum + BigInt(partial);
}
