// The process of one row: its arguments are the row's id and the effort as JSON; it sends the row's result to its parent.
import { rows } from './list-rows.ts';
import type { Effort, RowResult } from './row.ts';

const [id, effort] = process.argv.slice(2);
const row = rows.find((each) => each.id === id);
if (row === undefined || effort === undefined) throw new Error(`expected a row's id, found ${String(id)}`);
const { group, title } = row;

const outcome = await row
  // The parent passes what it made of its own arguments.
  .run(JSON.parse(effort) as Effort)
  .then((measures) => ('skipped' in measures ? measures : { measures }))
  .catch((error: unknown) => ({
    broken: error instanceof Error ? (error.stack ?? error.message) : String(error),
  }));
const result: RowResult = { id: row.id, group, title, ...outcome };
process.send?.(result, undefined, undefined, () => process.exit());
