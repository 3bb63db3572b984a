import { expect, it } from 'vitest';
import { readText } from './workspace.ts';

it('names packages by version and checksum, never by the address that someone fetched them from', () => {
  const lockFile = readText('pnpm-lock.yaml');
  expect(lockFile).toContain('integrity: sha512-');
  expect(lockFile.split('\n').filter((line) => /https?:\/\/|tarball:|resolved:/.test(line))).toEqual([]);
});
