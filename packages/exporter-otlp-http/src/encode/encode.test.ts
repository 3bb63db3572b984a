import type { ExponentialRange, ExportReport, Point, Snapshot, Temporality } from '@pqcnet/telemetry-core';
import { TestCollector, type MetricPoint } from '@pqcnet/telemetry-test-collector';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { OtlpHttpExporterOptions, OtlpProtocol } from '../exporter-options.ts';
import { OtlpHttpExporter } from '../otlp-http-exporter.ts';
import { arbitrarySnapshot } from '../testing/arbitrary-snapshot.ts';
import { expectedPoints } from '../testing/expected-points.ts';
import {
  gaugePoint,
  histogramPoint,
  metricOf,
  seriesOf,
  snapshotOf,
  START,
  sumPoint,
} from '../testing/snapshot-of.ts';
import { encodeOtlpJson } from './encode-otlp-json.ts';
import type { LabelPlacement } from './request-format.ts';

const PROTOCOLS: readonly OtlpProtocol[] = ['http/json', 'http/protobuf'];

let collector: TestCollector;
beforeAll(async () => {
  collector = await TestCollector.start();
});
afterAll(() => collector.close());

function oneBucket(count: number): ExponentialRange {
  return { offset: 0, bucketCounts: [count] };
}

interface Exported {
  readonly report: ExportReport;
  readonly points: readonly Omit<MetricPoint, 'request'>[];
}

/** Where a message holds a list that has to hold something, and is empty. */
function emptyEnvelopes(message: unknown, path = ''): readonly string[] {
  if (typeof message !== 'object' || message === null) return [];
  const isEmpty =
    /(resourceMetrics|scopeMetrics|metrics|dataPoints)$/.test(path) &&
    Array.isArray(message) &&
    message.length === 0;
  const within = Object.entries(message).flatMap(([key, value]) => emptyEnvelopes(value, `${path}.${key}`));
  return isEmpty ? [path, ...within] : within;
}

/** What became of one export, and what the collector decoded of it. */
async function exportOnce(snapshot: Snapshot, options: Partial<OtlpHttpExporterOptions>): Promise<Exported> {
  collector.reset();
  const exporter = new OtlpHttpExporter({ url: `${collector.url}/v1/metrics`, ...options });
  const report = await exporter.export(snapshot, { timeoutMs: 60_000, signal: new AbortController().signal });
  await exporter.shutdown();
  expect(collector.requests.filter((request) => request.rejection !== undefined)).toEqual([]);
  for (const { decoded } of collector.requests) expect(emptyEnvelopes(decoded?.message)).toEqual([]);
  return { report, points: collector.metrics().map(({ request: _request, ...point }) => point) };
}

describe.each(PROTOCOLS)('%s', (protocol) => {
  test('what is decoded is what the snapshot holds, for any snapshot', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitrarySnapshot,
        fc.constantFrom<LabelPlacement>('both', 'resource', 'datapoint'),
        fc.constantFrom<Temporality>('cumulative', 'delta', 'low-memory'),
        async (snapshot, labelPlacement, temporality) => {
          const { report, points } = await exportOnce(snapshot, { protocol, labelPlacement, temporality });
          expect(points).toEqual(expectedPoints(snapshot, { labelPlacement, temporality }));
          expect(report).toMatchObject({ status: 'accepted' });
        },
      ),
      { numRuns: 150 },
    );
  });

  test('any snapshot goes in requests that keep to the size, each with its own outcome', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitrarySnapshot,
        fc.integer({ min: 300, max: 2000 }),
        fc.constantFrom<Temporality>('cumulative', 'delta'),
        async (snapshot, maxRequestBytes, temporality) => {
          const { report, points } = await exportOnce(snapshot, { protocol, maxRequestBytes, temporality });
          const { length } = snapshot.points;
          const parts = 'parts' in report ? report.parts : [{ from: 0, to: length, outcome: report }];
          expect(parts.map((part) => part.from)).toEqual([0, ...parts.slice(0, -1).map((part) => part.to)]);
          expect(parts.at(-1)?.to).toBe(length);
          expect(collector.requests.every((request) => request.rawBody.byteLength <= maxRequestBytes)).toBe(
            true,
          );

          const sent = parts.filter((part) => part.outcome.status === 'accepted');
          const tooLarge = parts.filter((part) => part.outcome.status !== 'accepted');
          const options = { labelPlacement: 'both', temporality } as const;
          const all = [...snapshot.points];
          const arrived = sent.flatMap(({ from, to }) =>
            expectedPoints({ ...snapshot, points: all.slice(from, to) }, options),
          );
          expect(points).toEqual(arrived);
          for (const { outcome, from, to } of tooLarge) {
            expect(outcome).toMatchObject({ status: 'rejected', error: { code: 'POINT_TOO_LARGE' } });
            expect(expectedPoints({ ...snapshot, points: all.slice(from, to) }, options)).toHaveLength(1);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  const counter = metricOf('counter', { name: 'c' });
  const gauge = metricOf('gauge', { name: 'g' });
  const long = '🚀é'.repeat(65_536 / 6 + 1);

  test.each([
    ['0', 0, 0n],
    ['2^53 − 1', 2 ** 53 - 1, 2n ** 53n - 1n],
    ['2^53', 2n ** 53n, 2n ** 53n],
    ['2^53 + 1', 2n ** 53n + 1n, 2n ** 53n + 1n],
    ['2^63 − 1', 2n ** 63n - 1n, 2n ** 63n - 1n],
  ])('a sum of %s arrives exactly', async (_title, total, expected) => {
    const { points } = await exportOnce(snapshotOf({ points: [sumPoint(seriesOf(counter), total)] }), {
      protocol,
    });
    expect(points).toMatchObject([{ value: expected }]);
  });

  test.each([2n ** 63n, 2n ** 64n - 1n])(
    'a sum of %s is refused alone, and the others arrive',
    async (total) => {
      const points = [1, total, 3].map((each, index) => sumPoint(seriesOf(counter, { index }), each));
      const { report, points: arrived } = await exportOnce(snapshotOf({ points }), { protocol });
      expect(report).toMatchObject({
        parts: [
          { from: 0, to: 1, outcome: { status: 'accepted' } },
          { from: 1, to: 2, outcome: { status: 'rejected', error: { code: 'VALUE_OUT_OF_RANGE' } } },
          { from: 2, to: 3, outcome: { status: 'accepted' } },
        ],
      });
      expect(arrived).toMatchObject([{ value: 1n }, { value: 3n }]);
    },
  );

  test.each([
    -0,
    5e-324,
    -2.2250738585072014e-308,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    NaN,
    Infinity,
    -Infinity,
  ])('a gauge of %s arrives exactly', async (value) => {
    const { points } = await exportOnce(snapshotOf({ points: [gaugePoint(seriesOf(gauge), value)] }), {
      protocol,
    });
    expect(points).toEqual([expect.objectContaining({ value })]);
  });

  test.each([2 ** 53 - 1, 2 ** 53 + 2, 10 ** 18 + 128, 2 ** 63, 2 ** 64 - 2048])(
    'a count of %d arrives exactly',
    async (count) => {
      const total = { count, sum: 1e300, min: 0, max: 1e300, bucketCounts: [0, count] };
      const histogram = seriesOf(metricOf('histogram', { name: 'h' }));
      const ranges = { positive: oneBucket(count), negative: oneBucket(count) };
      const inRanges = { count, sum: 0, min: 0, max: 0, scale: 0, zeroCount: count, ...ranges };
      const exponential: Point = {
        ...histogramPoint(seriesOf(metricOf('histogram', { name: 'e' })), [], total),
        type: 'exponential-histogram',
        total: inRanges,
        delta: inRanges,
      };
      const snapshot = snapshotOf({ points: [histogramPoint(histogram, [1], total), exponential] });
      const { points } = await exportOnce(snapshot, { protocol });
      const wide = BigInt(count);
      expect(points).toMatchObject([
        { count: wide, bucketCounts: [0n, wide] },
        {
          count: wide,
          zeroCount: wide,
          positive: { bucketCounts: [wide] },
          negative: { bucketCounts: [wide] },
        },
      ]);
    },
  );

  test('strings of 64 KiB in keys, values, labels, the resource and descriptions arrive whole', async () => {
    const described = metricOf('counter', { name: 'described', description: long });
    const snapshot = snapshotOf({
      points: [
        sumPoint(seriesOf(counter, { [long]: long }), 1),
        sumPoint(seriesOf(counter, { long }), 2),
        sumPoint(seriesOf(described), 3),
      ],
      labels: { label: long },
      resource: { resource: long },
    });
    const { points } = await exportOnce(snapshot, { protocol });
    expect(points).toEqual(expectedPoints(snapshot, { labelPlacement: 'both', temporality: 'cumulative' }));
  });

  test('a label that an attribute overrides is left out, the other labels stay', async () => {
    const snapshot = snapshotOf({
      points: [sumPoint(seriesOf(counter, { chain: 'base' }), 1), sumPoint(seriesOf(counter), 2)],
      labels: { chain: 'label', cluster: 'net' },
    });
    const { points } = await exportOnce(snapshot, { protocol });
    expect(points).toMatchObject([
      { attributes: { chain: 'base', cluster: 'net' } },
      { attributes: { chain: 'label', cluster: 'net' } },
    ]);
  });

  test.each([true, false])(
    'a gauge has the time of the snapshot, changed (%s) or not: what is older is refused by Prometheus',
    async (changed) => {
      const point = gaugePoint(seriesOf(gauge), 1, { timeUnixNano: START, changed });
      const snapshot = snapshotOf({ points: [point] });
      expect((await exportOnce(snapshot, { protocol })).points).toMatchObject([
        { timeUnixNano: snapshot.timeUnixNano },
      ]);
    },
  );

  test.each([2n ** 63n, -(2n ** 63n) - 1n, 2n ** 64n])(
    'an attribute of %s is refused with its point alone, and the others arrive',
    async (wide) => {
      const points = [1, wide, 3].map((index) => sumPoint(seriesOf(counter, { index }), 1));
      const { report, points: arrived } = await exportOnce(snapshotOf({ points }), { protocol });
      expect(report).toMatchObject({
        parts: [
          { from: 0, to: 1, outcome: { status: 'accepted' } },
          { from: 1, to: 2, outcome: { status: 'rejected', error: { code: 'VALUE_OUT_OF_RANGE' } } },
          { from: 2, to: 3, outcome: { status: 'accepted' } },
        ],
      });
      expect(arrived).toMatchObject([{ attributes: { index: 1n } }, { attributes: { index: 3n } }]);
    },
  );

  test.each(['both', 'resource', 'datapoint'] as const)(
    'a label of 2^63 is refused with all points, and so is a resource attribute, labels on: %s',
    async (labelPlacement) => {
      const points = [1, 2].map((index) => sumPoint(seriesOf(counter, { index }), 1));
      const wide = { wide: 2n ** 63n };
      for (const snapshot of [snapshotOf({ points, labels: wide }), snapshotOf({ points, resource: wide })]) {
        const { report } = await exportOnce(snapshot, { protocol, labelPlacement });
        for (const { outcome } of 'parts' in report ? report.parts : [{ outcome: report }]) {
          expect(outcome).toMatchObject({ status: 'rejected', error: { code: 'VALUE_OUT_OF_RANGE' } });
        }
        expect(collector.requests).toEqual([]);
      }
    },
  );

  test('what one metric holds of several kinds arrives as what it is, each time', async () => {
    const exporter = new OtlpHttpExporter({ url: `${collector.url}/v1/metrics`, protocol });
    const mixed = metricOf('histogram', { name: 'mixed', unit: 'ms', description: 'of all kinds' });
    const series = seriesOf(mixed, { chain: 'base' });
    const total = { count: 3, sum: 4, min: 1, max: 2, bucketCounts: [1, 1, 1] };
    const points = [
      sumPoint(series, 1),
      sumPoint(series, 2, { monotonic: false }),
      sumPoint(series, 3),
      gaugePoint(series, 4),
      histogramPoint(series, [1, 2], total),
      histogramPoint(series, [3, 4], total),
      histogramPoint(series, [1, 2], total),
      sumPoint(series, 5, { monotonic: false }),
    ];
    for (const some of [points, points.toReversed()]) {
      collector.reset();
      const snapshot = snapshotOf({ points: some });
      await exporter.export(snapshot, { timeoutMs: 60_000, signal: new AbortController().signal });
      expect(collector.metrics().map(({ request: _request, ...point }) => point)).toEqual(
        expectedPoints(snapshot, { labelPlacement: 'both', temporality: 'cumulative' }),
      );
    }
    await exporter.shutdown();
  });

  test('a delta snapshot in which nothing changed is not sent', async () => {
    const snapshot = snapshotOf({ points: [sumPoint(seriesOf(counter), 5, { delta: 0 })] });
    const { report } = await exportOnce(snapshot, { protocol, temporality: 'delta' });
    expect(report).toEqual({ status: 'accepted' });
    expect(collector.requests).toEqual([]);
  });
});

test('JSON and protobuf decode to the same message, for any snapshot', async () => {
  await fc.assert(
    fc.asyncProperty(arbitrarySnapshot, async (snapshot) => {
      const messages: unknown[] = [];
      for (const protocol of PROTOCOLS) {
        await exportOnce(snapshot, { protocol });
        messages.push(collector.requests.map((request) => request.decoded));
      }
      expect(messages[0]).toEqual(messages[1]);
    }),
    { numRuns: 50 },
  );
});

describe('encodeOtlpJson', () => {
  test('gives nothing when there is nothing to send', () => {
    expect(encodeOtlpJson(snapshotOf({ points: [] }))).toHaveLength(0);
  });

  test('gives −0 a fraction, since decoders that read whole numbers as integers lose its sign', () => {
    const point = gaugePoint(seriesOf(metricOf('gauge', { name: 'g' }), { share: -0 }), -0);
    const text = Buffer.from(encodeOtlpJson(snapshotOf({ points: [point] }))).toString();
    expect(text).toContain('"asDouble":-0.0}');
    expect(text).toContain('"doubleValue":-0.0}');
  });

  test('throws for a number that OTLP can’t carry', () => {
    const series = [1, 2].map((index) => seriesOf(metricOf('counter', { name: 'c' }), { index }));
    const points = [sumPoint(series[0] as never, 1), sumPoint(series[1] as never, 2n ** 63n)];
    expect(() => encodeOtlpJson(snapshotOf({ points }))).toThrow(
      expect.objectContaining({ code: 'VALUE_OUT_OF_RANGE' }),
    );
  });

  test('gives text that JSON.parse reads', () => {
    fc.assert(
      fc.property(arbitrarySnapshot, (snapshot) => {
        fc.pre(snapshot.points.length > 0);
        const text = Buffer.from(encodeOtlpJson(snapshot)).toString();
        expect(JSON.parse(text)).toHaveProperty('resourceMetrics');
      }),
      { numRuns: 50 },
    );
  });
});
