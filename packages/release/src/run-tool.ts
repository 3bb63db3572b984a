import { spawnSync } from 'node:child_process';

/**
 * runPnpm runs pnpm in a folder and gives what it prints: the one that runs this, whose scripts find it first.
 *
 * @throws what it prints when it fails
 */
export function runPnpm(folder: string, parameters: readonly string[]): string {
  return runTool('pnpm', parameters, folder);
}

/** runNpm runs npm in a folder and gives what it prints. @throws what it prints when it fails */
export function runNpm(folder: string, parameters: readonly string[]): string {
  return runTool('npm', parameters, folder);
}

function runTool(command: string, parameters: readonly string[], folder: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, parameters, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  if (status === 0) return stdout;
  throw new Error(`${command} ${parameters.join(' ')} failed:\n${stdout}${stderr}`);
}
