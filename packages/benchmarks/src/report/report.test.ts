import { expect, test } from 'vitest';
import { summarize } from '../measure/summarize.ts';
import type { RowResult } from '../row.ts';
import type { Circumstances } from './describe-machine.ts';
import { MarkdownPage } from './markdown-page.ts';
import { showFigure } from './show-figure.ts';
import { drawTable, tableLines } from './table-lines.ts';
import { toReport } from './to-json.ts';

const circumstances: Circumstances = {
  date: '2026-11-23T03:00Z',
  node: 'v26.10.0',
  v8: '14.6',
  platform: 'linux x64',
  cpu: 'a processor',
  cores: 2,
  memoryGiB: 8,
  loadBefore: 0.5,
};

const results: readonly RowResult[] = [
  {
    id: 'add',
    group: 'record',
    title: 'add(1)',
    measures: [
      {
        what: 'time per call',
        unit: 'ns',
        target: { kind: 'times', atLeast: 15 },
        figures: [
          { contender: '@pqcnet/telemetry', summary: summarize([4, 5, 6]) },
          { contender: 'OpenTelemetry JS', summary: summarize([100, 100, 100]) },
        ],
      },
    ],
  },
  { id: 'later', group: 'record', title: 'later', skipped: 'not there yet' },
  { id: 'bad', group: 'flush', title: 'bad', broken: 'Error: no\n  at all' },
];

test('draws one line for each measure, and says what became of the other rows', () => {
  expect(drawTable(tableLines(results)).split('\n')).toEqual([
    'row     measure                 @pqcnet/telemetry  OpenTelemetry JS  ratio  must    met',
    '──────  ──────────────────────  ─────────────────  ────────────────  ─────  ──────  ───',
    'add(1)  time per call           5 ns (4.2–5.8)     100 ns            20 ×   ≥ 15 ×  yes',
    'later   skipped: not there yet',
    'bad     broken: Error: no',
  ]);
});

test.each([
  { figures: [1_234_567], unit: 'B', shown: '1.23 MB' },
  { figures: [0.08], unit: 'ms', shown: '80 µs' },
  { figures: [12_345], unit: 'ns', shown: '12.3 µs' },
  { figures: [104.05], unit: 'B/call', shown: '104 B' },
  { figures: [0], unit: 'B/call', shown: '0 B' },
] as const)('shows $figures as $shown', ({ figures, unit, shown }) => {
  expect(showFigure(summarize(figures), unit)).toBe(shown);
});

test('gives for machines what the table shows, and survives being parsed', () => {
  const report = toReport(results, circumstances);
  expect(JSON.parse(JSON.stringify(report))).toMatchObject({
    circumstances: { node: 'v26.10.0', cores: 2 },
    rows: [
      { id: 'add', measures: [{ unit: 'ns', ratio: 20, isMet: true }] },
      { id: 'later', skipped: 'not there yet' },
      { id: 'bad', broken: 'Error: no\n  at all' },
    ],
  });
});

test('writes between the marks of a page only', () => {
  const report = { results, circumstances, command: 'pnpm bench' };
  const page = 'before\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nafter\n';
  const written = new MarkdownPage(page).withResults(report);
  expect(written).toMatch(/^before\n<!-- bench:begin -->\n/);
  expect(written).toMatch(/<!-- bench:end -->\nafter\n$/);
  expect(written).not.toContain('old');
  expect(written).toContain('### Recording');
  expect(written).toContain('| add(1) | time per call | 5 ns (4.2–5.8) | 100 ns | 20 × | ≥ 15 × | yes |');
  expect(new MarkdownPage(written).withResults(report)).toBe(written);
});

test('refuses a page without marks', () => {
  expect(() => new MarkdownPage('no marks')).toThrow(/marks/);
});
