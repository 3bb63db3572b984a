import { type ExportReport, type Snapshot, TelemetryHandle, type Temporality } from '@pqcnet/telemetry-core';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';

import type { OtlpHttpExporterOptions } from '../exporter-options.ts';
import { OtlpHttpExporter } from '../otlp-http-exporter.ts';
import { Asked } from '../testing/asked.ts';
import { RecordingTransport } from '../testing/recording-transport.ts';
import { through } from '../testing/through.ts';

const url = 'http://collector.test/v1/metrics';
const protocol = 'http/protobuf';

/** What is added to which of 70 series: two runs of rows, and some more. */
const arbitraryRecord = fc.record({
  series: fc.nat({ max: 69 }),
  value: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(1, 9, 90, 900) },
    { weight: 10, arbitrary: fc.nat({ max: 2 ** 40 }) },
    { weight: 1, arbitrary: fc.constantFrom(2 ** 53 - 1, 2n ** 53n, 2n ** 61n) },
  ),
  isSubtracted: fc.boolean(),
});
const arbitraryFlush = fc.record({
  records: fc.array(arbitraryRecord, { maxLength: 60, size: 'max' }),
  timeUnixNano: fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { freq: 2, nil: undefined }),
});

async function exportOnce(exporter: OtlpHttpExporter, snapshot: Snapshot): Promise<ExportReport> {
  return exporter.export(snapshot, { timeoutMs: 60_000, signal: new AbortController().signal });
}

/** Strings are compared at once, buffers byte by byte. */
function textsOf(bodies: readonly Buffer[]): readonly string[] {
  return bodies.map((body) => body.toString('latin1'));
}

test.each<Temporality>(['cumulative', 'low-memory'])(
  '%s: what was written before does not show in what is written',
  async (temporality) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryFlush, { minLength: 2, maxLength: 10, size: 'max' }),
        fc.constantFrom(4_194_304, 3000),
        async (flushes, maxRequestBytes) => {
          const options = { url, protocol, temporality, maxRequestBytes } satisfies OtlpHttpExporterOptions;
          let timeUnixNano: bigint | undefined;
          const transport = new RecordingTransport();
          const exporter = new OtlpHttpExporter({ ...options, transport });
          const telemetry = new TelemetryHandle({
            exporter: {
              temporality,
              async export(taken) {
                const snapshot = timeUnixNano === undefined ? taken : through(taken, { timeUnixNano });
                const report = await exportOnce(exporter, snapshot);
                const fresh = new RecordingTransport();
                await exportOnce(new OtlpHttpExporter({ ...options, transport: fresh }), snapshot);
                expect(textsOf(transport.bodies.splice(0))).toEqual(textsOf(fresh.bodies));
                return report;
              },
            },
          });
          for (const { records, ...when } of flushes) {
            ({ timeUnixNano } = when);
            for (const { series, value, isSubtracted } of records) {
              // The lengths of some points take two bytes.
              const attributes = { series, ...(series % 5 === 0 && { long: 'x'.repeat(2 * series) }) };
              telemetry.counter('c', { attributes }).add(value);
              telemetry.upDownCounter('u', { attributes }).add(isSubtracted ? -value : value);
            }
            expect(await telemetry.flush({ maxAttempts: 1 })).toMatchObject({ ok: true });
          }
        },
      ),
      { numRuns: 100 },
    );
  },
);

test('a running total that began anew has its new start, and one that OTLP can not carry is refused alone', async () => {
  const transport = new RecordingTransport();
  const exporter = new OtlpHttpExporter({ url, protocol, transport });
  const telemetry = new TelemetryHandle({ exporter });
  for (let series = 0; series < 40; series += 1) telemetry.recordCounter('c', 1, { series });
  const taken = telemetry.snapshot();
  const [table] = taken.points.tables ?? [];
  if (table?.type !== 'sum') throw new TypeError('the snapshot has no sums');
  for (const unusual of [-1, 0, 31, 35]) {
    const startTimeUnixNano = (row: number): bigint =>
      table.startTimeUnixNano(row) + (row === unusual ? 1_000_000n : 0n);
    const total = (row: number): number | bigint => (row === unusual ? 2n ** 63n : table.total(row));
    for (const instead of [{}, { startTimeUnixNano }, { total }]) {
      const tables = [through(table, instead)];
      const snapshot = through(taken, { points: through(taken.points, { tables }) });
      const report = await exportOnce(exporter, snapshot);
      const fresh = new RecordingTransport();
      const expected = await exportOnce(new OtlpHttpExporter({ url, protocol, transport: fresh }), snapshot);
      expect(report).toEqual(expected);
      expect(textsOf(transport.bodies.splice(0))).toEqual(textsOf(fresh.bodies));
    }
  }
});

test.each([
  ['cumulative', 0, 5],
  ['delta', 100, 101],
] as const)(
  '%s: running totals are not put together again, but for a few rows beside a new one',
  async (temporality, again, withNew) => {
    const transport = new RecordingTransport();
    const exporter = new OtlpHttpExporter({ url, protocol, temporality, transport });
    const asked = new Asked();
    const telemetry = new TelemetryHandle({
      exporter: asked.before(exporter),
    });
    async function flush(accounts: number): Promise<number> {
      for (let account = 0; account < accounts; account += 1) telemetry.recordCounter('c', 99, { account });
      asked.rows = 0;
      expect(await telemetry.flush({ maxAttempts: 1 })).toMatchObject({ ok: true });
      return asked.rows;
    }
    expect([await flush(100), await flush(100), await flush(101), await flush(101)]).toEqual([
      100,
      again,
      withNew,
      again === 0 ? 0 : withNew,
    ]);
  },
);

test('what is kept of running totals stays within 900 kB, however many there are', async () => {
  let sentBytes = 0;
  const exporter = new OtlpHttpExporter({
    url,
    protocol,
    transport: {
      releasesBody: true,
      async send({ body }) {
        sentBytes += body.length;
        return { status: 200, headers: {}, body: new Uint8Array(0), bodyTooLarge: false };
      },
      async close() {},
    },
  });
  const asked = new Asked();
  const telemetry = new TelemetryHandle({
    exporter: asked.before(exporter),
  });
  const text = 'x'.repeat(400);
  let series = 0;
  function record(metric: number): void {
    series += 1;
    telemetry.recordCounter(`c.${metric}`, 1, { account: series, text });
  }
  for (let index = 0; index < 10_000; index += 1) record(index % 20);
  expect(await telemetry.flush({ maxAttempts: 1 })).toMatchObject({ ok: true });
  for (let time = 0; time < 3; time += 1) {
    // New ones in front of what is kept.
    for (let index = 0; index < 300; index += 1) record(0);
    asked.rows = 0;
    sentBytes = 0;
    const allocate = vi.spyOn(Buffer, 'allocUnsafeSlow');
    expect(await telemetry.flush({ maxAttempts: 1 })).toMatchObject({ ok: true });
    // Room for some of the new ones, and for requests: what is beyond is not kept for the next time.
    expect(allocate.mock.calls.length).toBeLessThan(60);
    allocate.mockRestore();
    const usedBytes = ((series - asked.rows) * sentBytes) / series;
    expect(usedBytes).toBeGreaterThan(600_000);
    expect(usedBytes).toBeLessThanOrEqual(900_000);
  }
  await exporter.shutdown();
});
