import { mkdir, readFile, writeFile } from 'node:fs/promises';

import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';

import * as api from './index.ts';

const packageDirectory = new URL('..', import.meta.url);
const readme = await readFile(new URL('README.md', packageDirectory), 'utf8');
const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);

/** Runs a block of the README against a collector. */
async function run(index: number, collector: TestCollector, tail: string = ''): Promise<void> {
  const code = `${blocks[index] ?? ''}${tail}`.replaceAll('http://localhost:4318', collector.url);
  const file = new URL(`.test-results/readme-${index}.ts`, packageDirectory);
  await writeFile(file, code);
  await import(file.pathname);
}

describe('the README', () => {
  beforeAll(() => mkdir(new URL('.test-results/', packageDirectory), { recursive: true }));

  test('has code that sends', async () => {
    await using collector = await TestCollector.start();
    await run(0, collector);
    expect(collector.sum('ingest.success', { chain: 'base' })).toBe(1n);
  });

  test('has a transport that works', async () => {
    await using collector = await TestCollector.start();
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    onTestFinished(() => log.mockRestore());
    const tail = `
      import { TelemetryHandle } from '@pqcnet/telemetry-core';
      const telemetry = new TelemetryHandle({ exporter });
      telemetry.recordCounter('ingest.success', 2);
      await telemetry.flush();
    `;
    await run(1, collector, tail);
    expect(collector.sum('ingest.success')).toBe(2n);
    expect(log).toHaveBeenCalledWith(expect.stringMatching(/^\d+ bytes: HTTP 200$/));
  });

  test('names every error code and every value that is exported', async () => {
    const source = await readFile(new URL('src/otlp-http-error.ts', packageDirectory), 'utf8');
    const codes = [...source.matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map(([, code = '']) => code);
    expect(codes.length).toBeGreaterThan(8);
    const missing = [...codes, ...Object.keys(api)].filter((name) => !readme.includes(`\`${name}`));
    expect(missing.filter((name) => !blocks.some((block) => block.includes(name)))).toEqual([]);
  });
});
