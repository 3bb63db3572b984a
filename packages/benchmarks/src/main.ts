import { readFile, writeFile } from 'node:fs/promises';
import { type CommandOptions, help, readArguments } from './command/read-arguments.ts';
import { runRow } from './command/run-row.ts';
import { rows } from './list-rows.ts';
import { describeMachine, sayMachine } from './report/describe-machine.ts';
import { MarkdownPage } from './report/markdown-page.ts';
import { drawTable, tableLines } from './report/table-lines.ts';
import { toReport } from './report/to-json.ts';
import { type Row, type RowResult, fullEffort, quickEffort } from './row.ts';

const args = process.argv.slice(2);
const options = readArguments(args);
if (options === 'help') process.stdout.write(help);
else if ('problem' in options) refuse(`${options.problem}\n\n${help}`);
else await bench(options);

async function bench({ patterns, list, quick, json, write }: CommandOptions): Promise<void> {
  const chosen = rows.filter(
    ({ id }) => patterns.length === 0 || patterns.some((pattern) => pattern.test(id)),
  );
  if (list) {
    process.stdout.write(chosen.map(({ id }) => `${id}\n`).join(''));
    return;
  }
  if (chosen.length === 0) {
    refuse('No row has such an id: --list prints the ids.\n');
    return;
  }
  // Looked at before the run, so that a run that could not be written is not begun.
  const page = write === undefined ? undefined : await openPage(write);
  if (page === 'refused') return;
  const circumstances = describeMachine(new Date());
  const results = await runRows(chosen, quick);
  if (json) process.stdout.write(`${JSON.stringify(toReport(results, circumstances), undefined, 2)}\n`);
  else process.stdout.write(`${sayMachine(circumstances)}\n\n${drawTable(tableLines(results))}\n`);
  if (write !== undefined && page !== undefined) {
    const command = ['pnpm bench', ...args].join(' ');
    await writeFile(write, page.withResults({ results, circumstances, command }));
  }
  if (results.some((result) => 'broken' in result)) process.exitCode = 1;
}

async function runRows(chosen: readonly Row[], quick: boolean): Promise<readonly RowResult[]> {
  const effort = quick ? quickEffort : fullEffort;
  const results: RowResult[] = [];
  for (const [i, row] of chosen.entries()) {
    process.stderr.write(`[${i + 1}/${chosen.length}] ${row.id}`);
    const begun = performance.now();
    const result = await runRow(row, effort);
    results.push(result);
    const outcome =
      'broken' in result ? `broken: ${result.broken}` : 'skipped' in result ? 'skipped' : 'done';
    process.stderr.write(` ${outcome}, ${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
  }
  return results;
}

async function openPage(path: string): Promise<MarkdownPage | 'refused'> {
  try {
    return new MarkdownPage(await readFile(path, 'utf8'));
  } catch (error) {
    refuse(`Results can't be written into ${path}: ${(error as Error).message}\n`);
    return 'refused';
  }
}

/** Says why nothing is run. */
function refuse(why: string): void {
  process.stderr.write(why);
  process.exitCode = 2;
}
