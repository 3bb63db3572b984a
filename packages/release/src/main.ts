import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { publish } from './publish.ts';
import { rehearse } from './rehearse.ts';

const root = resolve(import.meta.dirname, '../../..');
const [flag, ...more] = process.argv.slice(2);

if (more.length > 0 || (flag !== undefined && flag !== '--dry-run')) {
  console.error('Usage: npx -y pnpm@12 release [--dry-run]');
  process.exitCode = 2;
} else if (flag === '--dry-run') {
  const folder = mkdtempSync(join(tmpdir(), 'release-'));
  const copy = join(folder, 'repository');
  try {
    rehearse(root, { copy, out: join(folder, 'out') });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
} else {
  process.exitCode = publish(root, process.env);
}
