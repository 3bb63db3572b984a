import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** copyRepository makes a copy of a repository as it is in its folder, with its history, and without what git ignores. */
export function copyRepository(from: string, to: string): void {
  execFileSync('git', ['clone', '--quiet', from, to]);
  const files = git(from, ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  for (const file of files) {
    if (existsSync(join(from, file))) cpSync(join(from, file), join(to, file));
    else rmSync(join(to, file), { force: true });
  }
}

function git(folder: string, parameters: readonly string[]): string[] {
  const output = execFileSync('git', parameters, { cwd: folder, encoding: 'utf8' });
  return output.split('\0').filter((each) => each !== '');
}
