import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { ConfigError } from './config-error.ts';
import { loadConfig } from './load-config.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telemetry-config-'));
  await writeFile(join(folder, 'good.toml'), '[telemetry]\ntls.ca-file = "certs/ca.pem"\n');
  await writeFile(join(folder, 'wrong.toml'), '[telemetry]\ntimeout-ms = "x"\n');
  await writeFile(join(folder, 'broken.toml'), '[telemetry]\nheaders = { a = "hush" b = 1 }\n');
  await writeFile(join(folder, 'latin.toml'), Buffer.from([0x23, 0xff]));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

test('starts relative PEM paths at the folder of the file, however the file is named', async () => {
  const caFile = join(folder, 'certs/ca.pem');
  const file = join(folder, 'good.toml');
  for (const path of [file, relative(process.cwd(), file), pathToFileURL(file)]) {
    await expect(loadConfig(path, { environment: {} })).resolves.toMatchObject({ tls: { caFile } });
  }
});

test.each([
  ['wrong.toml', 'CONFIG_INVALID', /wrong\.toml:2:1 {2}telemetry\.timeout-ms\n {4}found {5}"x"/],
  ['broken.toml', 'CONFIG_SYNTAX', /broken\.toml:2:24\n {4}found {5}a syntax error: expected comma/],
  ['missing.toml', 'CONFIG_UNREADABLE', /found {5}no such file\n/],
  ['.', 'CONFIG_UNREADABLE', /found {5}a folder\n/],
  ['good.toml/x', 'CONFIG_UNREADABLE', /found {5}a path through something that is not a folder\n/],
  ['latin.toml', 'CONFIG_UNREADABLE', /found {5}a file that is not UTF-8\n/],
  ['a\0b', 'CONFIG_UNREADABLE', /found {5}a file that cannot be read \(ERR_INVALID_ARG_VALUE\)\n/],
])('rejects for %s with %s', async (name, code, message) => {
  const error: unknown = await loadConfig(join(folder, name), { environment: {} }).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ConfigError);
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  expect(String(error)).not.toContain('hush');
});

test.each<readonly [string, unknown, RegExp]>([
  ['nothing', undefined, /found {5}nothing\n {4}expected {2}the path/],
  ['null', null, /found {5}null\n/],
  // It would be read as the descriptor of an open file.
  ['a number', 0, /found {5}0\n/],
  [
    'another URL',
    new URL('https://user:hush@example.com/a.toml'),
    /found {5}a URL that begins with https:\n/,
  ],
])('rejects %s in place of a path', async (_title, path, message) => {
  const error: unknown = await loadConfig(path as string).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'CONFIG_UNREADABLE', message: expect.stringMatching(message) });
  expect(String(error)).not.toContain('hush');
});
