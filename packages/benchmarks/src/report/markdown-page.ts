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

/** MarkdownPage is a page that has two marks: results go between them, and the rest of it is left alone. */
export class MarkdownPage {
  readonly #before: string;
  readonly #after: string;

  /** @throws Error when the page has no marks */
  constructor(page: string) {
    const from = page.indexOf(begin);
    const to = page.indexOf(end);
    if (from < 0 || to < from) throw new Error(`expected the marks ${begin} and ${end}`);
    this.#before = page.slice(0, from + begin.length);
    this.#after = page.slice(to);
  }

  /** The page with these results. */
  withResults(report: {
    readonly results: readonly RowResult[];
    readonly circumstances: Circumstances;
    readonly command: string;
  }): string {
    const { results, circumstances, command } = report;
    const sections = Object.entries(headings).flatMap(([group, heading]) => {
      const ofGroup = results.filter((result) => result.group === group);
      return ofGroup.length === 0 ? [] : [`### ${heading}`, markdownTable(tableLines(ofGroup))];
    });
    const said = `Measured by \`${command}\`: ${sayMachine(circumstances)}.`;
    return [this.#before, said, ...sections, this.#after].join('\n\n');
  }
}
