import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Latency } from '../record/latency.ts';
import { TelemetryHandle } from '../telemetry-handle.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { ScriptedExporter, failed } from '../testing/scripted-exporter.ts';
import type { Snapshot } from './snapshot.ts';

/** So many series that the memory of the first ones is filled and moves now and then. */
const series = 20;
const value = fc.integer({ min: 0, max: 1000 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: fc.constant('bound' as const), of: fc.nat(series - 1), value }) },
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constant('by name' as const), of: fc.nat(series - 1), value }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('look' as const) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('flush' as const), isAccepted: fc.boolean() }) },
);

/** What a snapshot says of the latencies, from its points and from its tables. */
function said(snapshot: Snapshot): unknown {
  const tables = snapshot.points.tables ?? [];
  const rows = tables.flatMap((table) =>
    table.type === 'histogram' || table.type === 'exponential-histogram'
      ? Array.from({ length: table.length }, (_, row) =>
          JSON.stringify([table.total(row), table.delta(row), table.isChanged(row)]),
        )
      : [],
  );
  return [JSON.stringify(snapshot), rows];
}

it.each([['explicit'], ['exponential']] as const)(
  'snapshots share the values of %s histograms, and none of them changes with what is recorded later',
  async (latencyHistogram) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const exporter = new ScriptedExporter();
        const clock = new ManualClock();
        const telemetry = new TelemetryHandle({ exporter, clock, latencyHistogram, timeoutMs: 100 });
        const bound = new Map<number, Latency>();
        const recorded = Array.from({ length: series }, () => ({
          count: 0,
          sum: 0,
          deliveredCount: 0,
          deliveredSum: 0,
        }));
        const taken: { readonly snapshot: Snapshot; readonly said: unknown }[] = [];
        const take = (snapshot: Snapshot): void => void taken.push({ snapshot, said: said(snapshot) });
        for (const each of steps) {
          if (each.act === 'look') {
            take(telemetry.snapshot());
          } else if (each.act === 'flush') {
            exporter.next(each.isAccepted ? { status: 'accepted' } : failed('refused'));
            const result = await telemetry.flush({ force: true });
            const snapshot = result.ok ? result.value.snapshot : result.error.snapshot;
            if (snapshot !== undefined) take(snapshot);
            for (const one of result.ok ? recorded : []) {
              one.deliveredCount = one.count;
              one.deliveredSum = one.sum;
            }
          } else {
            const attributes = { of: each.of };
            if (each.act === 'by name') telemetry.recordLatencyMs('l', each.value, attributes);
            else {
              const latency = bound.get(each.of) ?? telemetry.latency('l', { attributes });
              bound.set(each.of, latency);
              latency.record(each.value);
            }
            const one = recorded[each.of];
            if (one === undefined) continue;
            one.count += 1;
            one.sum += each.value;
          }
          for (const { snapshot, said: before } of taken) expect(said(snapshot)).toEqual(before);
        }
        for (const point of telemetry.snapshot().points) {
          if (point.type !== 'histogram' && point.type !== 'exponential-histogram') continue;
          const one = recorded[Number(point.series.attributes['of'])];
          if (one === undefined) throw new Error('a series that nobody recorded');
          const { count, sum, deliveredCount, deliveredSum } = one;
          expect(point.total).toMatchObject({ count, sum });
          expect(point.delta).toMatchObject({ count: count - deliveredCount, sum: sum - deliveredSum });
        }
      }),
      { numRuns: 200 },
    );
  },
);
