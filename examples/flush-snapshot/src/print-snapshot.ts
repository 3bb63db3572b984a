import type { Attributes, Snapshot } from '@pqcnet/telemetry';

/** snapshotTables shows a snapshot as two tables for people: counters, and latencies in milliseconds. */
export function snapshotTables(snapshot: Snapshot): string {
  const counters: string[][] = [['counter', 'series', 'count']];
  const latencies: string[][] = [['latency (ms)', 'series', 'count', 'p50', 'p90', 'p99', 'max']];
  for (const { series } of snapshot.points) {
    const { metric, attributes } = series;
    const names = [metric.name, showAttributes(attributes)];
    const latency = snapshot.latency(metric.name, attributes);
    if (metric.kind === 'counter')
      counters.push([...names, String(snapshot.counter(metric.name, attributes))]);
    if (latency === undefined) continue;
    const values = [0.5, 0.9, 0.99].map((q) => latency.quantile(q));
    latencies.push([...names, String(latency.count), ...[...values, latency.max].map(showMs)]);
  }
  return `${table(counters)}\n\n${table(latencies)}`;
}

function showAttributes(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}

function showMs(ms: number | undefined): string {
  return ms === undefined ? '–' : ms.toFixed(2);
}

/** Rows under a header, names to the left and numbers to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
  );
  return [lines[0], widths.map((width) => '─'.repeat(width)).join('  '), ...lines.slice(1)].join('\n');
}
