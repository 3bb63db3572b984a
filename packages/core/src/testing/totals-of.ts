import type { Snapshot } from '../snapshot/snapshot.ts';

/** totalsOf gives what all series of a snapshot hold, without times, in a form that can be compared. */
export function totalsOf(snapshot: Snapshot): Readonly<Record<string, unknown>> {
  const totals: Record<string, unknown> = {};
  for (const point of snapshot.points) {
    const { metric, attributes } = point.series;
    const pairs = Object.entries(attributes).map(([key, value]) => `${key}=${typeof value}:${value}`);
    const key = `${metric.name} ${metric.kind} ${metric.unit} {${pairs.toSorted().join()}}`;
    if (point.type === 'sum') totals[key] = BigInt(point.total);
    else if (point.type === 'gauge') totals[key] = point.value;
    else if (point.type === 'histogram') {
      const { count, sum, min, max, bucketCounts } = point.total;
      totals[key] = { count, sum, min, max, bucketCounts: [...bucketCounts] };
    } else totals[key] = { ...point.total };
  }
  return totals;
}
