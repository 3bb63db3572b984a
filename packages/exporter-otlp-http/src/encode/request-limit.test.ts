import type { ExportedPart, ExportReport, Snapshot } from '@pqcnet/telemetry-core';
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { OtlpProtocol } from '../exporter-options.ts';
import { OtlpHttpExporter } from '../otlp-http-exporter.ts';
import { expectedPoints } from '../testing/expected-points.ts';
import {
  gaugePoint,
  histogramPoint,
  metricOf,
  seriesOf,
  snapshotOf,
  sumPoint,
} from '../testing/snapshot-of.ts';

let collector: TestCollector;
beforeAll(async () => {
  collector = await TestCollector.start();
});
afterAll(() => collector.close());

const counter = metricOf('counter', { name: 'c', unit: '{message}', description: 'messages taken' });
const gauge = metricOf('gauge', { name: 'g', unit: 'By', description: 'bytes in use' });
const latency = metricOf('latency', { name: 'l', unit: 'ms', description: 'from end to end' });
const distribution = { count: 3, sum: 60.5, min: 0.5, max: 50, bucketCounts: [1, 1, 1] };
const shards = Array.from({ length: 6 }, (_, shard) => shard);
const snapshot = snapshotOf({
  labels: { cluster: 'net' },
  points: [
    ...shards.map((shard) => sumPoint(seriesOf(counter, { shard }), shard)),
    ...shards.map((shard) => gaugePoint(seriesOf(gauge, { shard }), shard)),
    ...shards.map((shard) => histogramPoint(seriesOf(latency, { shard }), [1, 2], distribution)),
  ],
});

async function exportWithin(
  protocol: OtlpProtocol,
  maxRequestBytes: number,
  some: Snapshot,
): Promise<ExportReport> {
  collector.reset();
  const exporter = new OtlpHttpExporter({ url: `${collector.url}/v1/metrics`, protocol, maxRequestBytes });
  const signal = new AbortController().signal;
  const report = await exporter.export(some, { timeoutMs: 60_000, signal });
  await exporter.shutdown();
  return report;
}

function partsOf(report: ExportReport, { points }: Snapshot): readonly ExportedPart[] {
  return 'parts' in report ? report.parts : [{ from: 0, to: points.length, outcome: report }];
}

/** How far below the limit a request of protobuf may stay, since its lengths are known only at its end. */
const spare = { 'http/json': 0, 'http/protobuf': 24 } as const;

describe.each<OtlpProtocol>(['http/json', 'http/protobuf'])('%s', (protocol) => {
  const sizeOf = async (some: Snapshot): Promise<number> => {
    await exportWithin(protocol, 4_194_304, some);
    return collector.requests[0]?.rawBody.byteLength ?? 0;
  };

  test('no request is larger than any limit, none is needlessly small, and each has all that its points need', async () => {
    const whole = await sizeOf(snapshot);
    const sizes = new Map<number, number>();
    for (let limit = 900; limit <= whole + spare[protocol]; limit += 3) {
      const report = await exportWithin(protocol, limit, snapshot);
      const parts = partsOf(report, snapshot);
      expect(collector.metrics().map(({ request: _request, ...point }) => point)).toEqual(
        expectedPoints(snapshot, { labelPlacement: 'both', temporality: 'cumulative' }),
      );
      expect(parts.map(({ outcome }) => outcome.status)).toEqual(collector.requests.map(() => 'accepted'));
      for (const [index, { rawBody }] of collector.requests.entries()) {
        expect(rawBody.byteLength).toBeLessThanOrEqual(limit);
        const next = parts[index + 1];
        if (next === undefined) continue;
        // The request with the next point, too, would not have fitted.
        const from = parts[index]?.from ?? 0;
        const key = from * 100 + next.from + 1;
        const longer = sizes.get(key) ?? (await sizeWith(from, next.from + 1));
        sizes.set(key, longer);
        expect(longer).toBeGreaterThan(limit - spare[protocol]);
      }
    }
  });

  async function sizeWith(from: number, to: number): Promise<number> {
    const probe = await TestCollector.start();
    const exporter = new OtlpHttpExporter({ url: `${probe.url}/v1/metrics`, protocol });
    const signal = new AbortController().signal;
    await exporter.export(snapshot, { timeoutMs: 60_000, signal, ranges: [{ from, to }] });
    await exporter.shutdown();
    const size = probe.requests[0]?.rawBody.byteLength ?? 0;
    await probe.close();
    return size;
  }

  test('a point alone goes up to the limit, and no further', async () => {
    const one = snapshotOf({ points: [sumPoint(seriesOf(counter, { blob: 'x'.repeat(5000) }), 1)] });
    const whole = await sizeOf(one);
    expect(await exportWithin(protocol, whole + spare[protocol], one)).toMatchObject({ status: 'accepted' });
    expect(await exportWithin(protocol, whole - 1, one)).toMatchObject({
      status: 'rejected',
      error: { code: 'POINT_TOO_LARGE' },
    });
    expect(collector.requests).toEqual([]);
  });
});
