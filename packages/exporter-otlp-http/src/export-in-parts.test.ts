import {
  type ExportedPart,
  type PointRange,
  type Snapshot,
  TelemetryHandle,
  type Temporality,
} from '@pqcnet/telemetry-core';
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import type { Pace } from './encode/pace.ts';
import type { EncodedRequest } from './encode/request-encoder.ts';
import { SnapshotEncoding } from './encode/snapshot-encoding.ts';
import { exportInParts } from './export-in-parts.ts';
import type { OtlpProtocol } from './exporter-options.ts';
import { OtlpHttpExporter } from './otlp-http-exporter.ts';
import type { SentRequest } from './send-request.ts';
import { arbitrarySnapshot } from './testing/arbitrary-snapshot.ts';
import { expectedPoints } from './testing/expected-points.ts';
import { RecordingTransport } from './testing/recording-transport.ts';
import { metricOf, seriesOf, snapshotOf, sumPoint } from './testing/snapshot-of.ts';

const url = 'http://collector.test/v1/metrics';
const counter = metricOf('counter', { name: 'c' });

async function exportParts(
  exporter: OtlpHttpExporter,
  snapshot: Snapshot,
  ranges?: readonly PointRange[],
): Promise<readonly ExportedPart[]> {
  const { signal } = new AbortController();
  const report = await exporter.export(snapshot, { timeoutMs: 5000, signal, ranges });
  return 'parts' in report ? report.parts : [{ from: 0, to: snapshot.points.length, outcome: report }];
}

/** The body of each part that went out as a request. */
function bodiesByPart(parts: readonly ExportedPart[], bodies: readonly Buffer[]): Map<ExportedPart, string> {
  const sent = parts.filter(({ outcome }) => outcome.sentBytes !== undefined);
  expect(sent).toHaveLength(bodies.length);
  return new Map(sent.map((part, index) => [part, String(bodies[index]?.toString('latin1'))]));
}

describe.each<OtlpProtocol>(['http/json', 'http/protobuf'])('ranges, %s', (protocol) => {
  test('a part that is sent again by its range has the same bytes, whatever is sent with it or came between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          snapshot: arbitrarySnapshot,
          between: arbitrarySnapshot,
          temporality: fc.constantFrom<Temporality>('cumulative', 'delta', 'low-memory'),
          maxRequestBytes: fc.integer({ min: 300, max: 2000 }),
          isChosen: fc.func(fc.boolean()),
        }),
        async ({ snapshot, between, temporality, maxRequestBytes, isChosen }) => {
          const options = { url, protocol, temporality, maxRequestBytes };
          const first = new RecordingTransport();
          const exporter = new OtlpHttpExporter({ ...options, transport: first });
          const parts = await exportParts(exporter, snapshot);
          const bodies = bodiesByPart(parts, first.bodies);
          const again = parts.filter((part) => isChosen(part.from));
          if (again.length === 0) return;

          const ranges = again.map(({ from, to }) => ({ from, to }));
          const expected = again.flatMap((part) => bodies.get(part) ?? []);
          await exportParts(exporter, between);
          first.bodies.length = 0;
          const reported = await exportParts(exporter, snapshot, ranges);
          expect(first.bodies.map((body) => body.toString('latin1'))).toEqual(expected);
          if (reported.length > 1) expect(reported).toEqual(again);

          const second = new RecordingTransport();
          await exportParts(new OtlpHttpExporter({ ...options, transport: second }), snapshot, ranges);
          expect(second.bodies.map((body) => body.toString('latin1'))).toEqual(expected);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('a frozen delta window is sent again byte for byte, before what was recorded since', async () => {
    const collector = await TestCollector.start();
    onTestFinished(() => collector.close());
    const options = { temporality: 'delta', maxRequestBytes: 900, protocol } as const;
    const exporter = new OtlpHttpExporter({ url: `${collector.url}/v1/metrics`, ...options });
    const telemetry = new TelemetryHandle({ exporter });
    onTestFinished(async () => void (await telemetry.shutdown()));
    for (let index = 0; index < 20; index += 1) telemetry.recordCounter('c', index + 1, { index });

    collector.script([{ do: 'accept' }, { do: 'answer', status: 503 }]);
    const limits = { maxAttempts: 1, force: true };
    expect(await telemetry.flush(limits)).toMatchObject({ ok: false, error: { outcome: 'ambiguous' } });
    for (let index = 0; index < 20; index += 1) telemetry.recordCounter('c', 1, { index });
    expect(await telemetry.flush(limits)).toMatchObject({ ok: true });

    const [, failed, resent] = collector.requests;
    expect(failed?.rawBody.byteLength).toBeGreaterThan(50);
    expect(resent?.rawBody).toEqual(failed?.rawBody);
    collector.assertScriptConsumed();
    expect(telemetry.account()).toMatchObject({ recorded: 230n, accepted: 230n });
  });
});

async function accept(_request: EncodedRequest): Promise<SentRequest> {
  return { outcome: { status: 'accepted' }, bodyInUse: false };
}

describe('turns of the event loop', () => {
  const sizes = { temporality: 'cumulative', labelPlacement: 'both', maxRequestBytes: 4_194_304 } as const;

  function exportWith(pace: Pace, points: number, controller = new AbortController()) {
    const each = sumPoint(seriesOf(counter, {}), 1);
    const snapshot = snapshotOf({ points: Array.from({ length: points }, () => each) });
    const send = vi.fn<typeof accept>(accept);
    const parts = exportInParts(snapshot, {
      encoding: new SnapshotEncoding({ ...sizes, protocol: 'http/protobuf', pace }),
      ranges: [{ from: 0, to: points }],
      signal: controller.signal,
      send,
    });
    return { send, parts };
  }

  test('come between a large snapshot and its encoding', async () => {
    for (const [points, expected] of [
      [16_384, 0],
      [16_385, 1],
    ] as const) {
      const turn = Promise.withResolvers<void>();
      let pauses = 0;
      const pace: Pace = {
        start: () => () => false,
        pause() {
          pauses += 1;
          return turn.promise;
        },
      };
      const { send, parts } = exportWith(pace, points);
      expect(pauses).toBe(expected);
      expect(send).toHaveBeenCalledTimes(1 - expected);
      turn.resolve();
      expect(await parts).toMatchObject([{ from: 0, to: points, outcome: { status: 'accepted' } }]);
    }
  });

  test('that take too long leave nothing to be sent', async () => {
    const controller = new AbortController();
    const pace: Pace = { start: () => () => true, pause: async () => controller.abort('late') };
    const { send, parts } = exportWith(pace, 100, controller);
    expect(await parts).toMatchObject([
      {
        from: 0,
        to: 100,
        outcome: { status: 'not-delivered', error: { code: 'DEADLINE_EXCEEDED', cause: 'late' } },
      },
    ]);
    expect(send).not.toHaveBeenCalled();
  });
});

/** A receiver that answers 413 to larger bodies, and counts how often. */
function refusingBeyond(limit: number): { readonly transport: RecordingTransport; refused: number } {
  const receiver = {
    refused: 0,
    transport: new RecordingTransport(({ body }) => {
      if (body.byteLength <= limit) return 200;
      receiver.refused += 1;
      return 413;
    }),
  };
  return receiver;
}

describe('a receiver that takes less than was configured', () => {
  test.each<OtlpProtocol>(['http/json', 'http/protobuf'])(
    'gets any snapshot in parts that it takes, and refuses the points alone that it does not, %s',
    async (protocol) => {
      const collector = await TestCollector.start();
      onTestFinished(() => collector.close());
      await fc.assert(
        fc.asyncProperty(
          arbitrarySnapshot,
          fc.integer({ min: 300, max: 3000 }),
          fc.constantFrom<Temporality>('cumulative', 'delta'),
          async (any, limit, temporality) => {
            collector.reset();
            collector.script(({ headers }) =>
              Number(headers['content-length']) > limit ? { do: 'answer', status: 413 } : undefined,
            );
            const exporter = new OtlpHttpExporter({
              url: `${collector.url}/v1/metrics`,
              protocol,
              temporality,
            });
            const parts = await exportParts(exporter, any);
            await exporter.shutdown();

            const options = { labelPlacement: 'both', temporality } as const;
            const points = [...any.points];
            const pointsIn = ({ from, to }: PointRange): object[] =>
              expectedPoints({ ...any, points: points.slice(from, to) }, options);
            expect(parts.map(({ from }) => from)).toEqual([0, ...parts.slice(0, -1).map(({ to }) => to)]);
            expect(parts.at(-1)?.to).toBe(points.length);
            const taken = parts.filter(({ outcome }) => outcome.status === 'accepted');
            expect(collector.metrics().map(({ request: _request, ...point }) => point)).toEqual(
              taken.flatMap(pointsIn),
            );
            for (const part of parts) {
              if (taken.includes(part)) continue;
              expect(part.outcome).toMatchObject({ status: 'rejected', error: { status: 413 } });
              expect(pointsIn(part)).toHaveLength(1);
            }
          },
        ),
        { numRuns: 60 },
      );
    },
  );

  const blob = 'x'.repeat(2000);
  const points = Array.from({ length: 500 }, (_, index) => sumPoint(seriesOf(counter, { index, blob }), 1));
  const snapshot = snapshotOf({ points });

  test('refuses once, and gets smaller requests from then on', async () => {
    const receiver = refusingBeyond(300_000);
    const exporter = new OtlpHttpExporter({ url, transport: receiver.transport });
    const parts = await exportParts(exporter, snapshot);
    expect(parts.every(({ outcome }) => outcome.status === 'accepted')).toBe(true);
    // Of 1 MB, then of half of that.
    expect(receiver.refused).toBe(2);
    const again = await exportParts(exporter, snapshot);
    expect(again).toEqual(parts);
    expect(receiver.refused).toBe(2);
  });

  test('is asked again after a hundred exports', async () => {
    const receiver = refusingBeyond(300_000);
    const exporter = new OtlpHttpExporter({ url, transport: receiver.transport });
    await exportParts(exporter, snapshot);
    for (let exported = 0; exported < 99; exported += 1) {
      await exportParts(exporter, snapshotOf({ points: points.slice(0, 1) }));
    }
    await exportParts(exporter, snapshot);
    expect(receiver.refused).toBe(2);
    await exportParts(exporter, snapshot);
    expect(receiver.refused).toBe(4);
  });

  test('gets a point that is larger than what was remembered', async () => {
    const receiver = refusingBeyond(300_000);
    const exporter = new OtlpHttpExporter({ url, transport: receiver.transport });
    await exportParts(exporter, snapshot);
    const large = sumPoint(seriesOf(counter, { large: 'y'.repeat(290_000) }), 1);
    const parts = await exportParts(exporter, snapshotOf({ points: [large, ...points.slice(0, 2)] }));
    expect(parts).toMatchObject([
      { from: 0, to: 1, outcome: { status: 'accepted' } },
      { from: 1, to: 3, outcome: { status: 'accepted' } },
    ]);
    expect(receiver.refused).toBe(2);
  });

  test('for reasons of its own is not sent single points for ever', async () => {
    let refuses = true;
    const transport = new RecordingTransport(() => (refuses ? 413 : 200));
    const exporter = new OtlpHttpExporter({ url, transport });
    const some = snapshotOf({ points: points.slice(0, 60) });
    const parts = await exportParts(exporter, some);
    expect(parts).toHaveLength(60);
    refuses = false;
    const after = await exportParts(exporter, some);
    expect(after.map(({ from, to }) => [from, to])).toEqual([
      [0, 29],
      [29, 58],
      [58, 60],
    ]);
  });
});
