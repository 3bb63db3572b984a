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
  if (metric.counts !== undefined) return sumOfPieces(metric.counts.pieces());
  let amount = sumOf(metric.wideBases.values());
  for (const chunk of metric.slab.usedChunks()) amount += amountInRows(metric, chunk);
  return amount;
}

/** What some rows of a metric hold, in the unit of the account; nothing for gauges. */
export function amountIn(metric: MetricState, rows: Rows | undefined): bigint {
  if (rows === undefined) return 0n;
  if (rows.counts !== undefined) return sumOfPieces(rows.counts.pieces());
  return sumOf(rows.wideBases.values()) + amountInRows(metric, rows.values);
}

/** What is new in some rows of a snapshot, in the unit of the account. */
export function amountBetween(data: MetricData, range: PointRange): bigint {
  const { metric, settled } = data;
  if (range.from === 0 && range.to === data.rows.length) {
    return amountIn(metric, data.rows) - amountIn(metric, settled);
  }
  const rows = Array.from({ length: range.to - range.from }, (_, i) => range.from + i);
  return amountIn(metric, data.rows.select(rows)) - amountIn(metric, settled?.select(rows));
}

function sumOf(values: Iterable<bigint>): bigint {
  let sum = 0n;
  for (const value of values) sum += value;
  return sum;
}

function sumOfPieces(pieces: Iterable<Uint32Array | number>): bigint {
  let sum = 0n;
  for (const piece of pieces) {
    sum += typeof piece === 'number' ? BigInt(piece) : sumInRows(piece, { width: 1, firstPlace: 0 });
  }
  return sum;
}

/** The sum of the numbers that count in each row: a sum itself, how many values exponential buckets hold. */
function amountInRows(metric: MetricState, values: Float64Array): bigint {
  if (metric.aggregation === 'gauge') return 0n;
  return sumInRows(values, {
    width: metric.slab.width,
    firstPlace: firstCountingPlace(metric.aggregation),
  });
}

/** The sum of the integers of each row from a place on. */
function sumInRows(
  values: Float64Array | Uint32Array,
  { width, firstPlace }: { readonly width: number; readonly firstPlace: number },
): bigint {
  let sum = 0n;
  let partial = 0;
  for (let row = 0; row < values.length; row += width) {
    for (let place = firstPlace; place < width; place++) {
      const next = partial + (values[row + place] as number);
      if (Number.isSafeInteger(next)) {
        partial = next;
        continue;
      }
      sum += BigInt(partial);
      partial = values[row + place] as number;
    }
  }
  return sum + BigInt(partial);
}
