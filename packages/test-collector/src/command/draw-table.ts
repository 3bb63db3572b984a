import { describeAttributes } from '../describe-received.ts';
import { printable } from '../printable.ts';
import type { SeriesState } from './fold-series.ts';

/** drawTable draws the counters and gauges, then the latencies, as lines of text no wider than `columns`. */
export function drawTable(
  states: readonly SeriesState[],
  { columns }: { columns: number },
): readonly string[] {
  const ordered = states.toSorted((a, b) => (titleOf(a) < titleOf(b) ? -1 : 1));
  const values = ordered.filter((state) => state.latency === undefined && state.latest.kind !== 'summary');
  const latencies = ordered.filter((state) => state.latency !== undefined);
  const lines: string[] = [];
  if (values.length > 0) {
    const rows = values.map((state) => valueCells(state));
    lines.push(...align([['metric', 'kind', 'value', 'unit'], ...rows], columns));
  }
  if (latencies.length > 0) {
    if (lines.length > 0) lines.push('');
    const rows = latencies.map((state) => latencyCells(state));
    lines.push(...align([['latency', 'count', 'p50', 'p90', 'p99', 'max', 'unit'], ...rows], columns));
  }
  return lines;
}

function titleOf({ latest }: SeriesState): string {
  return printable(`${latest.name}${describeAttributes(latest.attributes)}`);
}

function valueCells(state: SeriesState): readonly string[] {
  const { latest, value } = state;
  let kind = 'gauge';
  if (latest.kind === 'sum') kind = `${latest.monotonic ? 'counter' : 'up-down'}, ${latest.temporality}`;
  return [titleOf(state), kind, String(value ?? ''), printable(latest.unit)];
}

function latencyCells(state: SeriesState): readonly string[] {
  const { latest, latency } = state;
  if (latency === undefined) return [];
  const quantiles = [0.5, 0.9, 0.99].map((q) => short(latency.quantile(q)));
  return [titleOf(state), String(latency.count), ...quantiles, short(latency.max), printable(latest.unit)];
}

function short(value: number | undefined): string {
  return value === undefined ? '' : String(Number(value.toPrecision(4)));
}

/** Columns of equal width, numbers to the right; the first column gives way when the line is too long. */
function align(rows: readonly (readonly string[])[], columns: number): readonly string[] {
  const count = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, index) =>
    Math.max(...rows.map((row) => (row[index] ?? '').length)),
  );
  const others = widths.slice(1).reduce((sum, width) => sum + width + 2, 0);
  const [first = 0] = widths;
  widths[0] = Math.min(first, Math.max(12, columns - others));
  return rows.map((row) =>
    row
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        const text = cell.length > width ? `${cell.slice(0, width - 1)}…` : cell;
        return /^-?[\d.]+(e[+-]\d+)?$/.test(text) ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}
