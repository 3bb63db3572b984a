import type { Contender, Measure, RowResult } from '../row.ts';
import { describeTarget, judge } from './judge-target.ts';
import { showFigure, showRatio } from './show-figure.ts';

/** The contenders in the order of their columns. */
const columns: readonly Contender[] = [
  '@pqcnet/telemetry',
  'OpenTelemetry JS',
  'OpenTelemetry JS, attributes',
  'prom-client',
  'hot-shots',
  'bare number',
  'one thread only',
  'posted to the owner',
  'in one stretch',
  'idle process',
];

/** Lines are a table's cells: the head first. */
export type Lines = readonly (readonly string[])[];

/** tableLines gives a line for each measure; columns that stay empty are left out. */
export function tableLines(results: readonly RowResult[]): Lines {
  const taking = columns.filter((column) =>
    results.some(
      (result) =>
        'measures' in result &&
        result.measures.some(({ figures }) => figures.some(({ contender }) => contender === column)),
    ),
  );
  const head = ['row', 'measure', ...taking, 'ratio', 'must', 'met'];
  return [head, ...results.flatMap((result) => linesOf(result, taking, head.length))];
}

function linesOf(result: RowResult, taking: readonly Contender[], width: number): string[][] {
  if ('measures' in result) {
    return result.measures.map((measure, i) => lineOf(i === 0 ? result.title : '', measure, taking));
  }
  const note = 'skipped' in result ? `skipped: ${result.skipped}` : `broken: ${firstLine(result.broken)}`;
  return [[result.title, note, ...Array.from({ length: width - 2 }, () => '')]];
}

function lineOf(title: string, measure: Measure, taking: readonly Contender[]): string[] {
  const { ratio, isMet } = judge(measure);
  const cells = taking.map((contender) => {
    const figure = measure.figures.find((each) => each.contender === contender);
    return figure === undefined ? '' : showFigure(figure.summary, measure.unit);
  });
  return [
    title,
    measure.what,
    ...cells,
    showRatio(ratio),
    describeTarget(measure.target, measure.unit),
    isMet === undefined ? '' : isMet ? 'yes' : 'no',
  ];
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

/** drawTable aligns the cells for a terminal. */
export function drawTable(lines: Lines): string {
  const widths = (lines[0] ?? []).map((_, i) => Math.max(...lines.map((line) => (line[i] ?? '').length)));
  const rule = widths.map((width) => '─'.repeat(width));
  const [head = [], ...rest] = lines;
  return [head, rule, ...rest]
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** markdownTable gives the same as Markdown. */
export function markdownTable(lines: Lines): string {
  const [head = [], ...rest] = lines;
  const rule = head.map(() => '---');
  return [head, rule, ...rest].map((line) => `| ${line.join(' | ')} |`).join('\n');
}
