import { type MetricPoint, TestCollector } from '@pqcnet/telemetry-test-collector';
import { TelemetryHandle } from '@pqcnet/telemetry-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { OtlpProtocol } from '../exporter-options.ts';
import { OtlpHttpExporter } from '../otlp-http-exporter.ts';

const SERIES = 3000;

let collector: TestCollector;
beforeAll(async () => {
  collector = await TestCollector.start();
});
afterAll(() => collector.close());

const ways = (['http/json', 'http/protobuf'] as const satisfies readonly OtlpProtocol[]).flatMap((protocol) =>
  (['cumulative', 'delta'] as const).flatMap((temporality) =>
    ([4_194_304, 40_000] as const).map((maxRequestBytes) => ({ protocol, temporality, maxRequestBytes })),
  ),
);

function amountOf(point: MetricPoint): bigint {
  if (point.kind === 'histogram') return point.count;
  return point.kind === 'sum' ? BigInt(point.value ?? 0) : 0n;
}

/** What arrived of each series, and the time that it covers. */
function arrived(): ReadonlyMap<string, { readonly amount: bigint; readonly window: readonly bigint[] }> {
  return new Map(
    collector.metrics().map((point) => {
      const window = [point.startTimeUnixNano, point.timeUnixNano];
      const { series } = point.attributes;
      return [
        `${point.name} ${typeof series === 'string' ? series : ''}`,
        { amount: amountOf(point), window },
      ];
    }),
  );
}

test.each(ways)(
  '$protocol, $temporality, requests up to $maxRequestBytes: what is recorded while a window is encoded is in the next',
  async ({ protocol, temporality, maxRequestBytes }) => {
    const url = `${collector.url}/v1/metrics`;
    const exporter = new OtlpHttpExporter({ url, protocol, temporality, maxRequestBytes });
    const telemetry = new TelemetryHandle({ exporter, cardinalityLimit: 2 * SERIES });
    const recorded = new Map<string, bigint>();
    function record(index: number): void {
      telemetry.recordCounter('c', 1, { series: String(index) });
      telemetry.recordLatencyMs('l', 1, { series: String(index) });
      for (const name of ['c', 'l']) {
        const key = `${name} ${index}`;
        recorded.set(key, (recorded.get(key) ?? 0n) + 1n);
      }
    }
    for (let index = 0; index < SERIES; index += 1) record(index);

    let before = new Map<string, bigint>();
    let end: bigint | undefined;
    let recordedMeanwhile = 0;
    for (let flush = 0; flush < 3; flush += 1) {
      collector.reset();
      const inWindow = new Map(recorded);
      let isUnderWay = true;
      let turn = 0;
      const flushed = telemetry.flush({ maxAttempts: 1 }).finally(() => (isUnderWay = false));
      // In every turn that the event loop has: series that went out already, that are still to go, and new ones.
      const keepRecording = (): void => {
        if (!isUnderWay) return;
        for (const index of [turn, SERIES - 1 - turn, SERIES + turn]) record(index % (2 * SERIES));
        turn += 1;
        setImmediate(keepRecording);
      };
      keepRecording();
      expect(await flushed).toMatchObject({ ok: true });
      recordedMeanwhile += turn;

      const expected = new Map(
        [...inWindow]
          .map(
            ([key, total]) =>
              [key, temporality === 'delta' ? total - (before.get(key) ?? 0n) : total] as const,
          )
          .filter(([, amount]) => amount > 0n),
      );
      const points = arrived();
      expect(new Map([...points].map(([key, { amount }]) => [key, amount]))).toEqual(expected);
      const windows = new Set([...points.values()].map(({ window }) => window.join(' ')));
      const ends = new Set([...points.values()].map(({ window }) => window[1]));
      expect(ends.size).toBe(1);
      if (temporality === 'delta' && end !== undefined) {
        // It adjoins the window before.
        expect([...windows]).toEqual([`${end} ${String([...ends][0])}`]);
      }
      [end] = ends;
      before = inWindow;
    }
    // More than in the turns of three answers: the encoding itself gave some.
    expect(recordedMeanwhile).toBeGreaterThan(6);
    expect(await telemetry.flush()).toMatchObject({ ok: true });
    const total = [...recorded.values()].reduce((sum, each) => sum + each, 0n);
    expect(telemetry.account()).toMatchObject({ recorded: total, accepted: total, pending: 0n });
    await telemetry.shutdown();
  },
);
