import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TelemetryHandle } from '@pqcnet/telemetry';
import type { Series, Snapshot, SumPoint } from '@pqcnet/telemetry-core';
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AppendableFile, JsonLinesExporter } from './json-lines-exporter.ts';

/** One try a flush: the shortest wait for a second one is 800 ms. */
const timeoutMs = 750;

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'json-lines-'));
  path = join(folder, 'metrics.jsonl');
});

afterEach(() => rm(folder, { recursive: true }));

function telemetryTo(exporter: JsonLinesExporter): TelemetryHandle {
  return TelemetryHandle.fromConfig({ timeoutMs, labels: { component: 'sentry' } }, { exporter });
}

async function readLines(): Promise<string[]> {
  const text = await readFile(path, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n');
}

/** Sends every line to a real collector as the request that it is, so that an independent decoder adds up. */
async function replay(lines: readonly string[], collector: TestCollector): Promise<void> {
  for (const line of lines) {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${collector.url}/v1/metrics`, { method: 'POST', headers, body: line });
    expect(response.status).toBe(200);
  }
}

it('writes a line per flush that a collector takes, with the right sums', async () => {
  await using telemetry = telemetryTo(new JsonLinesExporter({ path }));
  telemetry.recordCounter('ingest.success', 2, { chain: 'base' });
  telemetry.recordLatencyMs('pipeline', 42);
  expect(await telemetry.flush()).toMatchObject({ ok: true });
  telemetry.recordCounter('ingest.success', 3, { chain: 'base' });
  expect(await telemetry.flush()).toMatchObject({ ok: true });
  expect(telemetry.account()).toMatchObject({ recorded: 6n, accepted: 6n, pending: 0n });
  await telemetry.shutdown();

  const lines = await readLines();
  expect(lines).toHaveLength(3);
  await using collector = await TestCollector.start();
  await replay(lines, collector);
  expect(collector.sum('ingest.success', { chain: 'base', component: 'sentry' })).toBe(5n);
  expect(collector.latency('pipeline')).toMatchObject({ count: 1n, sum: 42 });
});

it.each([
  ['a folder', 'EISDIR', () => folder],
  ['a file in a folder that does not exist', 'ENOENT', () => join(folder, 'none', 'metrics.jsonl')],
])('keeps everything when the path is %s', async (_, reason, pathOf) => {
  await using telemetry = telemetryTo(new JsonLinesExporter({ path: pathOf() }));
  telemetry.recordCounter('c', 2);
  expect(await telemetry.flush()).toMatchObject({
    ok: false,
    error: {
      code: 'FILE_FAILED',
      outcome: 'not-delivered',
      kept: true,
      message: expect.stringContaining(reason),
    },
  });
  expect(telemetry.account()).toMatchObject({ recorded: 2n, accepted: 0n, pending: 2n });
});

it.skipIf(!existsSync('/dev/full'))('keeps everything when the disk is full', async () => {
  await using telemetry = telemetryTo(new JsonLinesExporter({ path: '/dev/full' }));
  telemetry.recordCounter('c', 2);
  expect(await telemetry.flush()).toMatchObject({
    ok: false,
    error: { code: 'FILE_FAILED', kept: true, message: expect.stringContaining('ENOSPC') },
  });
  expect(telemetry.account()).toMatchObject({ recorded: 2n, accepted: 0n, pending: 2n });
});

/** A file in memory that takes ten bytes at a time, and fails at the tenth of those writes. */
function fileThatFillsUp(): AppendableFile & { readonly text: () => string; closed: boolean } {
  const chunks: Uint8Array[] = [];
  return {
    closed: false,
    text: () => Buffer.concat(chunks).toString(),
    async write(bytes, offset) {
      const chunk = bytes.slice(offset, offset + 10);
      if (chunks.push(chunk) !== 10) return { bytesWritten: chunk.byteLength };
      chunks.pop();
      chunks.push(new Uint8Array());
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    },
    async close() {
      this.closed = true;
    },
  };
}

it('says that a line cut short is ambiguous, and begins the next one on a line of its own', async () => {
  const file = fileThatFillsUp();
  await using telemetry = telemetryTo(new JsonLinesExporter({ path, openFile: async () => file }));
  telemetry.recordCounter('c', 2);
  expect(await telemetry.flush()).toMatchObject({ ok: false, error: { outcome: 'ambiguous', kept: true } });
  telemetry.recordCounter('c', 3);
  expect(await telemetry.flush({ force: true })).toMatchObject({ ok: true });
  expect(telemetry.account()).toMatchObject({ recorded: 5n, accepted: 5n });

  const [cut, whole, ...rest] = file.text().split('\n');
  expect(cut).toHaveLength(90);
  expect(rest).toEqual(['']);
  await using collector = await TestCollector.start();
  await replay([whole ?? ''], collector);
  expect(collector.sum('c')).toBe(5n);
});

it('closes the file at shutdown', async () => {
  const file = fileThatFillsUp();
  await using telemetry = telemetryTo(new JsonLinesExporter({ path, openFile: async () => file }));
  telemetry.recordCounter('c', 2);
  await telemetry.flush();
  expect(file.closed).toBe(false);
  await telemetry.shutdown();
  expect(file.closed).toBe(true);
});

it('ends by its deadline when the disk hangs, and writes no second line beside the first', async () => {
  const { promise, resolve } = Promise.withResolvers<{ bytesWritten: number }>();
  let writes = 0;
  const hanging: AppendableFile = {
    write: () => {
      writes += 1;
      return promise;
    },
    close: async () => {},
  };
  await using telemetry = telemetryTo(new JsonLinesExporter({ path, openFile: async () => hanging }));
  telemetry.recordCounter('c', 2);
  expect(await telemetry.flush({ timeoutMs: 20 })).toMatchObject({
    ok: false,
    error: { code: 'FILE_TOO_SLOW', outcome: 'ambiguous', kept: true },
  });
  expect(await telemetry.flush({ timeoutMs: 20, force: true })).toMatchObject({
    ok: false,
    error: { code: 'FILE_TOO_SLOW', outcome: 'not-delivered', kept: true },
  });
  expect(writes).toBe(1);
  expect(telemetry.account()).toMatchObject({ recorded: 2n, accepted: 0n, pending: 2n });
  resolve({ bytesWritten: 100_000 });
  await nextTurn();
  expect(await telemetry.shutdown()).toMatchObject({ ok: true });
});

function sumPoint(series: Series, total: bigint): SumPoint {
  const starts = { startTimeUnixNano: 1n, windowStartTimeUnixNano: 1n };
  return { type: 'sum', monotonic: true, series, ...starts, delta: 1, total };
}

it('rejects a snapshot with a total beyond what OTLP can hold, and writes nothing', async () => {
  const exporter = new JsonLinesExporter({ path });
  await using telemetry = telemetryTo(exporter);
  telemetry.recordCounter('c', 1);
  const snapshot = telemetry.snapshot();
  const points = Array.from(snapshot.points, ({ series }) => sumPoint(series, 2n ** 63n));
  const { startTimeUnixNano, timeUnixNano, resource, labels } = snapshot;
  const tooLarge = { startTimeUnixNano, timeUnixNano, resource, labels, points } as unknown as Snapshot;
  const { signal } = new AbortController();
  expect(await exporter.export(tooLarge, { timeoutMs: 1000, signal })).toMatchObject({
    status: 'rejected',
    error: { code: 'VALUE_OUT_OF_RANGE' },
  });
  expect(existsSync(path)).toBe(false);
});
