import type { PointRange } from '../exporter.ts';
import type { MetricData, Restart } from '../snapshot/metric-data.ts';
import type { Rows } from '../snapshot/rows.ts';
import { isMonotonic } from '../state/aggregation.ts';

/** OTLP's `asInt` is signed: nothing that is sent may be larger. Source: OTLP metrics.proto, NumberDataPoint. */
const largestOnWire = 2n ** 63n - 1n;
/** A delivered total beyond this is begun anew while nothing is open: long before it has to be. */
const restartBeyond = 2n ** 62n;

/**
 * limitToWire gives rows of counters in which nothing is further than 2^63 − 1 from where its row counts from: what is
 * beyond is for the next snapshot. The very same rows when nothing is.
 */
export function limitToWire(rows: Rows, countsFrom: (row: number) => bigint): Rows {
  const values = rows.values.slice();
  const wideBases = new Map(rows.wideBases);
  let isLimited = false;
  for (const [row, base] of rows.wideBases) {
    const largest = countsFrom(row) + largestOnWire;
    if (base + BigInt(rows.number(row, 0)) <= largest) continue;
    isLimited = true;
    wideBases.set(row, largest);
    values[row] = 0;
  }
  return isLimited ? rows.withValues(values, wideBases) : rows;
}

/** restartLargeTotals begins running totals anew that were just delivered and have become large. */
export function restartLargeTotals(
  restarts: ReadonlyMap<number, Restart>,
  delivered: { readonly data: MetricData; readonly range: PointRange; readonly timeUnixNano: bigint },
): ReadonlyMap<number, Restart> {
  const { data, range, timeUnixNano } = delivered;
  if (data.rows.wideBases.size === 0 || !isMonotonic(data.metric.kind)) return restarts;
  const all = new Map(restarts);
  for (const row of data.rows.wideBases.keys()) {
    const id = data.table.id(row);
    const total = BigInt(data.rows.total(row));
    const isLarge = total - (restarts.get(id)?.base ?? 0n) > restartBeyond;
    if (row >= range.from && row < range.to && isLarge) {
      all.set(id, { startTimeUnixNano: timeUnixNano, base: total });
    }
  }
  return all;
}
