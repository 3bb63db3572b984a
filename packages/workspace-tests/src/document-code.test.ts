import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseConfig } from '@pqcnet/telemetry';
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readBlocks } from './read-blocks.ts';
import { runProgram } from './run-program.ts';
import { startServer } from './start-server.ts';
import { listFiles, readText } from './workspace.ts';

/** The documents whose code is checked here; the other packages check their own. */
const documents = [
  'README.md',
  ...listFiles('packages/{core,telemetry}/README.md'),
  ...listFiles('{docs/**/*,CONTRIBUTING,SECURITY}.md'),
];

const blocks = documents.flatMap((document) =>
  readBlocks(readText(document)).map(({ language, use, line, text }) => {
    return { language, use, text, document, place: `${document}:${line}` };
  }),
);
const typeScript = blocks.filter(({ language }) => language === 'ts');
const runnable = typeScript.filter(({ use }) => use === 'runs');
const servers = typeScript.filter(({ use }) => use === 'serves');

/** The names of the metrics that a block records, by whatever library. */
function metricsOf(text: string): readonly string[] {
  const made =
    /\b(?:record(?:Counter|LatencyMs|Gauge)|counter|latency|histogram|gauge|observe|create\w+)\(\s*'([^']+)'/g;
  const declared = /\bname: '([^']+)'/g;
  return [made, declared].flatMap((pattern) => [...text.matchAll(pattern)].map(([, name = '']) => name));
}

const fileOf = ({ place }: { readonly place: string }): string => `${place.replaceAll(/\W+/g, '-')}.ts`;

const conditions = ['--conditions=@pqcnet/source'];

let folder: string;
let collector: TestCollector;

beforeAll(async () => {
  // Inside this package, so that the programs find the packages that they import.
  const results = resolve(import.meta.dirname, '../.test-results');
  await mkdir(results, { recursive: true });
  folder = await mkdtemp(join(results, 'documents-'));
  for (const block of typeScript) await writeFile(join(folder, fileOf(block)), block.text);
  const config = blocks.find(({ language, document }) => language === 'toml' && document === 'README.md');
  await writeFile(join(folder, 'telemetry.toml'), config?.text ?? '');
  collector = await TestCollector.start();
});

afterAll(async () => {
  await collector.close();
  await rm(folder, { recursive: true });
});

beforeEach(() => collector.reset());

describe('the quick start of README.md', () => {
  it('has ten lines, and its values reach a real collector', { timeout: 30_000 }, async () => {
    const quickStart = runnable.find(({ document }) => document === 'README.md');
    expect(quickStart?.text.trimEnd().split('\n')).toHaveLength(10);
    expect(await run(quickStart)).toEqual({ exitCode: 0, output: '1n\n' });
    expect(collector.sum('ingest.success', { chain: 'base', component: 'sentry' })).toBe(1n);
    expect(collector.latency('pipeline')).toMatchObject({ count: 1n, sum: 12.5 });
    expect(collector.gauge('queue.depth')).toBe(17);
    expect(collector.resource()).toMatchObject({ 'service.name': 'sentry', cluster: 'validator-net' });
  });

  it('says why when nobody listens', { timeout: 30_000 }, async () => {
    const gone = await TestCollector.start();
    await gone.close();
    const { exitCode, output } = await run(runnable[0], gone.url);
    expect(exitCode).toBe(0);
    expect(output).toMatch(/^CONNECTION_FAILED .*ECONNREFUSED.* \{ kept: true \}\n$/);
  });
});

describe('a TypeScript block', () => {
  it.each(runnable)('of $place runs, and what it records arrives', { timeout: 30_000 }, async (block) => {
    const { exitCode, output } = await run(block);
    expect(output).not.toMatch(/warn|error/i);
    expect(exitCode).toBe(0);
    // One with an exporter or a collector of its own prints what it has.
    const arrived = new Set(collector.metrics().map(({ name }) => name));
    const names = metricsOf(block.text);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !arrived.has(name) && !output.includes(name))).toEqual([]);
  });

  it.each(servers)('of $place serves, and what it records arrives', async (block) => {
    await using server = startServer([...conditions, fileOf(block)], {
      folder,
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, PORT: '0' },
    });
    const url = `http://localhost:${await server.port()}`;
    for (const path of ['/orders/17', '/orders/18', '/nothing']) await fetch(`${url}${path}`);
    const { signal, errors } = await server.end();
    expect({ signal, errors }).toEqual({ signal: 'SIGTERM', errors: '' });
    const durations = (route: string): bigint | undefined =>
      collector.latency('http.server.duration', { method: 'GET', route })?.count;
    expect(durations('/orders/:id')).toBe(2n);
    expect(durations('none')).toBe(1n);
  });

  it('of any document type-checks', { timeout: 60_000 }, async () => {
    const settings = {
      extends: '../../tsconfig.json',
      // A part of a program need not use all that it shows.
      compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
      include: ['*.ts'],
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(settings));
    const tsc = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')));
    expect(await runProgram([tsc, '-p', folder], { folder })).toEqual({ exitCode: 0, output: '' });
    expect(typeScript.length).toBeGreaterThan(5);
  });
});

it.each(blocks.filter(({ language }) => language === 'toml'))(
  'the TOML block of $place is valid',
  ({ text }) => {
    expect(() => parseConfig(text, { environment: { COLLECTOR_TOKEN: 'token' } })).not.toThrow();
  },
);

it('finds blocks of every kind in README.md', () => {
  const kinds = blocks.filter(({ document }) => document === 'README.md').map(({ language }) => language);
  expect(new Set(kinds)).toEqual(new Set(['sh', 'toml', 'ts', 'text']));
});

/** Runs a block as a user would, with the README's file and a collector of ours in the environment. */
async function run(
  block: { readonly place: string } | undefined,
  endpoint: string = collector.url,
): Promise<{ readonly exitCode: number | string; readonly output: string }> {
  const args = [...conditions, block === undefined ? 'no such block' : fileOf(block)];
  return runProgram(args, { folder, environment: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } });
}
