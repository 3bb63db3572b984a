import type { Cell } from './cell.ts';

const safe = BigInt(Number.MAX_SAFE_INTEGER);

/** readSum gives a cell's sum to the last digit. */
export function readSum({ metric, row, values, offset }: Cell): bigint {
  return (metric.wideBases.get(row) ?? 0n) + BigInt(values[offset] as number);
}

/**
 * writeSum sets a cell's sum: as a number while it is a safe integer, beyond with a base beside the cell from which the
 * number counts on. The base keeps so far from the ends of the range that a number that is a safe integer always means
 * a sum within it: recording need not look.
 */
export function writeSum(
  cell: Cell,
  sum: bigint,
  range: { readonly smallest: bigint; readonly largest: bigint },
): void {
  const { wideBases } = cell.metric;
  if (sum >= -safe && sum <= safe) {
    wideBases.delete(cell.row);
    cell.values[cell.offset] = Number(sum);
    return;
  }
  const highest = range.largest - safe;
  const lowest = range.smallest < 0n ? range.smallest + safe : 0n;
  const base = sum > highest ? highest : sum < lowest ? lowest : sum;
  wideBases.set(cell.row, base);
  cell.values[cell.offset] = Number(sum - base);
}
