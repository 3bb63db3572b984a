import { TelemetryHandle, type Exporter, type Temporality } from '@pqcnet/telemetry-core';
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { expect, onTestFinished, test } from 'vitest';

import type { OtlpProtocol } from './exporter-options.ts';
import { OtlpHttpExporter } from './otlp-http-exporter.ts';

/** So many that a flush is made ready and encoded in slices on any machine. */
const series = 10_000;
const metrics = 10;

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

/** What of the points that came differs: how much each is, and its times. */
function differences(collector: TestCollector) {
  const points = collector.metrics();
  return {
    points: points.length,
    amounts: distinct(
      points.map((point) =>
        point.kind === 'sum' ? point.value : 'count' in point ? point.count : undefined,
      ),
    ),
    starts: distinct(points.map(({ startTimeUnixNano }) => startTimeUnixNano)),
    ends: distinct(points.map(({ timeUnixNano }) => timeUnixNano)),
  };
}

test.each<readonly [OtlpProtocol, Temporality]>([
  ['http/json', 'delta'],
  ['http/json', 'cumulative'],
  ['http/protobuf', 'delta'],
  ['http/protobuf', 'cumulative'],
])(
  'what is recorded while a flush goes on is in the next one, and all of a turn in the same (%s, %s)',
  async (protocol, temporality) => {
    const collector = await TestCollector.start();
    onTestFinished(() => collector.close());
    const exporter = new OtlpHttpExporter({
      url: `${collector.url}/v1/metrics`,
      protocol,
      temporality,
      maxRequestBytes: 500_000,
    });
    /** How often everything was recorded, and how often when a snapshot was taken. */
    let rounds = 0;
    let roundsInSnapshot = 0;
    let turnsOfExport = 0;
    const watched: Exporter = {
      temporality,
      async export(snapshot, options) {
        roundsInSnapshot = rounds;
        const report = await exporter.export(snapshot, options);
        turnsOfExport = rounds - roundsInSnapshot;
        return report;
      },
      shutdown: () => exporter.shutdown(),
    };
    const telemetry = new TelemetryHandle({ exporter: watched, timeoutMs: 60_000 });
    const counters = Array.from({ length: series }, (_, i) =>
      telemetry.counter(`c.${i % metrics}`, { attributes: { i } }),
    );
    const latencies = Array.from({ length: series }, (_, i) =>
      telemetry.latency(`l.${i % metrics}`, { attributes: { i } }),
    );
    const recordAll = (): void => {
      for (const counter of counters) counter.add(1);
      for (const latency of latencies) latency.record(1);
      rounds += 1;
    };
    const recordInEveryTurn = (): void => {
      recordAll();
      handle = setImmediate(recordInEveryTurn);
    };
    recordAll();
    let handle = setImmediate(recordInEveryTurn);
    const isDelta = temporality === 'delta';
    let roundsBefore = 0;
    let endBefore: unknown;
    for (let flush = 0; flush < 3; flush += 1) {
      expect(await telemetry.flush()).toMatchObject({ ok: true });
      const { points, amounts, starts, ends } = differences(collector);
      expect(points).toBe(2 * series);
      expect(amounts).toEqual([BigInt(roundsInSnapshot - (isDelta ? roundsBefore : 0))]);
      // One window, from where the last one ended.
      expect([starts.length, ends.length]).toEqual([1, 1]);
      if (isDelta && flush > 0) expect(starts).toEqual([endBefore]);
      // There were requests and slices for records to come in between.
      expect(collector.requests.length).toBeGreaterThan(2);
      expect(turnsOfExport).toBeGreaterThan(2);
      roundsBefore = roundsInSnapshot;
      [endBefore] = ends;
      collector.reset();
    }
    clearImmediate(handle);
    await telemetry.shutdown();
    const all = BigInt(2 * series * rounds);
    expect(telemetry.account()).toMatchObject({ recorded: all, accepted: all, pending: 0n });
  },
);
