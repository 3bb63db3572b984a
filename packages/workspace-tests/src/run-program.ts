import { execFile } from 'node:child_process';

/** Ran is how a program ended. */
export interface Ran {
  readonly exitCode: number | string;
  readonly output: string;
}

/** runProgram runs Node with arguments in a folder. The program sees only the variables that it is given, and PATH. */
export function runProgram(
  args: readonly string[],
  options: { readonly folder: string; readonly environment?: Readonly<Record<string, string>> },
): Promise<Ran> {
  const env = { PATH: process.env['PATH'], ...options.environment };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: options.folder, env }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : (error.code ?? 'killed'), output: stdout + stderr });
    });
  });
}
