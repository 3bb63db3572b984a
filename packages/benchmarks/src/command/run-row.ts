import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { moduleBeside } from '../module-beside.ts';
import type { Effort, Row, RowResult } from '../row.ts';

const entry = fileURLToPath(moduleBeside('../row-process', import.meta.url));

/** runRow runs a row in a process of its own, so that rows don't spoil each other's compiled code. Never rejects. */
export function runRow({ id, group, title }: Row, effort: Effort): Promise<RowResult> {
  const { promise, resolve } = Promise.withResolvers<RowResult>();
  // What the row prints goes to stderr: stdout is for the results.
  const child = fork(entry, [id, JSON.stringify(effort)], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  child.once('message', (result) => resolve(result as RowResult));
  child.once('error', (error) => resolve({ id, group, title, broken: error.message }));
  child.once('exit', (code, signal) => {
    resolve({ id, group, title, broken: `its process ended with ${signal ?? code}` });
  });
  return promise;
}
