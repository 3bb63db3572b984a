import type { Row, RowResult } from '../row.ts';
import { type Circumstances, sayMachine } from './describe-machine.ts';
import { markdownTable, tableLines } from './table-lines.ts';

const begin = '<!-- bench:begin -->';
const end = '<!-- bench:end -->';

const headings: Readonly<Record<Row['group'], string>> = {
  record: 'Recording',
  threads: 'Threads',
  snapshot: 'Snapshots',
  memory: 'Memory',
  flush: 'Flushing',
  import: 'Imports',
};

/**
 * writeMarkdown puts the results between the two marks of a page, and leaves the rest of it alone.
 *
 * @throws Error when the page has no marks
 */
export function writeMarkdown(
  page: string,
  report: {
    readonly results: readonly RowResult[];
    readonly circumstances: Circumstances;
    readonly command: string;
  },
): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`expected the marks ${begin} and ${end} in the page`);
  const { results, circumstances, command } = report;
  const sections = Object.entries(headings).flatMap(([group, heading]) => {
    const ofGroup = results.filter((result) => result.group === group);
    return ofGroup.length === 0 ? [] : [`### ${heading}`, markdownTable(tableLines(ofGroup))];
  });
  const text = [`Measured by \`${command}\`: ${sayMachine(circumstances)}.`, ...sections].join('\n\n');
  return `${page.slice(0, from)}${begin}\n\n${text}\n\n${page.slice(to)}`;
}
