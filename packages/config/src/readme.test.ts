import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { settings } from './define-settings.ts';
import { replaceReference } from './generate-reference.ts';
import * as config from './index.ts';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');

function blocks(language: string): string[] {
  return [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, kind, text = '']) =>
    kind === language ? [text] : [],
  );
}

/** Runs a code block: what a comment behind an expression says must be its value. Gives the number of such comments. */
async function run(code: string, globals: Readonly<Record<string, unknown>>): Promise<number> {
  let claims = 0;
  const script = code
    .replaceAll(/^import .*$/gm, '')
    .replaceAll(
      /^(\s*)([\w.?()[\]'-]+); \/\/ ('[^']*'|\d+)(?:[;:,].*)?$/gm,
      (_, indent: string, expression: string, value: string) => {
        claims++;
        return `${indent}expect(${expression}).toBe(${value});`;
      },
    );
  const names = { ...config, expect, ...globals };
  const body = `return (async () => {\n${script}\n})();`;
  // eslint-disable-next-line typescript/no-implied-eval -- the code is this package's own README
  await new Function(...Object.keys(names), body)(...Object.values(names));
  return claims;
}

// The README's code must not depend on the environment of the test.
function validateConfig(input: config.TelemetryConfigInput): config.TelemetryConfig {
  return config.validateConfig(input, { environment: {} });
}

test('has a reference of every key: run `pnpm schema` after a change', () => {
  expect(readme).toBe(replaceReference(readme));
});

test('has every environment variable', () => {
  const { scalars, tls } = settings();
  const variables = [...Object.values(scalars), ...Object.values(tls)].flatMap(
    (setting) => setting.variables ?? [],
  );
  expect(variables.length).toBeGreaterThan(15);
  const special = [
    'OTEL_METRIC_EXPORT_TIMEOUT',
    'OTEL_RESOURCE_ATTRIBUTES',
    'OTEL_SDK_DISABLED',
    'HTTP_PROXY',
  ];
  for (const variable of [...variables, ...special]) expect(readme).toContain(`\`${variable}\``);
});

test('shows what its code gives', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'telemetry-readme-'));
  const environment = { COLLECTOR_TOKEN: 'token' };
  const [example = ''] = blocks('toml');
  await writeFile(join(folder, 'telemetry.toml'), example);
  const loadConfig = (name: string): Promise<config.TelemetryConfig> =>
    config.loadConfig(join(folder, name), { environment });
  const claims = [];
  for (const code of blocks('ts')) claims.push(await run(code, { loadConfig, validateConfig }));
  await rm(folder, { recursive: true });
  expect(claims).toEqual([4, 2, 3]);
});

test('shows the error that its wrong file gives', () => {
  const [, wrong = ''] = blocks('toml');
  const [message = ''] = blocks('text');
  expect(() => config.parseConfig(wrong, { fileName: 'telemetry.toml', environment: {} })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: message.trimEnd() }),
  );
});
