import { expect, it } from 'vitest';
import { type Clock, systemClock } from '../clock.ts';
import type { ExportOptions, ExportReport, Exporter } from '../exporter.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { TelemetryError } from '../telemetry-error.ts';
import { TelemetryHandle } from '../telemetry-handle.ts';

/** More than are made ready in one stretch. */
const series = 20_000;
const metrics = 20;
/** How many values each latency records at a time. */
const perLatency = 2;

class DeltaExporter implements Exporter {
  readonly temporality = 'delta';
  readonly snapshots: Snapshot[] = [];

  async export(snapshot: Snapshot): Promise<ExportReport> {
    this.snapshots.push(snapshot);
    return { status: 'accepted' };
  }
}

/** A clock for which a tenth of a millisecond passes between two looks, however fast the machine is. */
function slowClock(): Clock {
  let ms = 0;
  return { ...systemClock, monotonicMs: () => (ms += 0.1) };
}

function setUp() {
  const exporter = new DeltaExporter();
  const telemetry = new TelemetryHandle({ exporter, clock: slowClock() });
  const counters = Array.from({ length: series }, (_, i) =>
    telemetry.counter(`c.${i % metrics}`, { attributes: { i } }),
  );
  const latencies = Array.from({ length: series }, (_, i) =>
    telemetry.latency(`l.${i % metrics}`, { attributes: { i } }),
  );
  const recordAll = (): void => {
    for (const counter of counters) counter.add(1);
    // The first value goes to its row at once.
    for (let n = 0; n < perLatency; n++) for (const latency of latencies) latency.record(1);
  };
  return { exporter, telemetry, recordAll };
}

/** The sums of all deltas in a snapshot: of the counters, and the numbers of latencies. */
function deltasIn(snapshot: Snapshot): { readonly counted: number; readonly measured: number } {
  let counted = 0;
  let measured = 0;
  for (const point of snapshot.points) {
    if (point.type === 'sum') counted += Number(point.delta);
    if (point.type === 'histogram') measured += point.delta.count;
  }
  return { counted, measured };
}

function sum(all: readonly ReturnType<typeof deltasIn>[]): ReturnType<typeof deltasIn> {
  return {
    counted: all.reduce((total, { counted }) => total + counted, 0),
    measured: all.reduce((total, { measured }) => total + measured, 0),
  };
}

/** Calls back in every turn of the event loop; returns what ends that and says how often it did. */
function inEveryTurn(act: () => void): () => number {
  let turns = 0;
  const take = (): void => {
    turns += 1;
    act();
    handle = setImmediate(take);
  };
  let handle = setImmediate(take);
  return () => {
    clearImmediate(handle);
    return turns;
  };
}

it('leaves the event loop turns before a large snapshot, and each record is in one window', async () => {
  const { exporter, telemetry, recordAll } = setUp();
  recordAll();
  let recorded = 1;
  const end = inEveryTurn(() => {
    recordAll();
    recorded += 1;
  });
  await telemetry.flush();
  expect(end()).toBeGreaterThan(2);
  const [first] = exporter.snapshots;
  if (first === undefined) throw new Error('nothing was exported');
  // At least what was recorded before the call; then each record is all in or all out.
  const { counted } = deltasIn(first);
  expect(counted).toBeGreaterThanOrEqual(series);
  expect(deltasIn(first)).toEqual({ counted, measured: perLatency * counted });
  await telemetry.flush();
  expect(sum(exporter.snapshots.map(deltasIn))).toEqual({
    counted: recorded * series,
    measured: perLatency * recorded * series,
  });
  await telemetry.flush();
  // Nothing was recorded any more, and nothing comes twice.
  expect(exporter.snapshots.slice(2).map(deltasIn)).toEqual([{ counted: 0, measured: 0 }]);
  const all = BigInt((1 + perLatency) * recorded * series);
  expect(telemetry.account()).toMatchObject({ recorded: all, accepted: all, pending: 0n });
});

it('lets a synchronous flush in between go first, with what that leaves behind', async () => {
  const { exporter, telemetry, recordAll } = setUp();
  const sent: Snapshot[] = [];
  Object.assign(exporter, {
    exportSync(snapshot: Snapshot, { ranges }: Pick<ExportOptions, 'ranges'>): ExportReport {
      expect(ranges).toHaveLength(1);
      sent.push(snapshot);
      const error = new TelemetryError('TEST_FAILURE', 'nobody knows');
      return { status: 'ambiguous', error };
    },
  });
  recordAll();
  const flushing = telemetry.flush({ force: true });
  expect(exporter.snapshots).toEqual([]);
  expect(telemetry.flushSync()).toMatchObject({ ok: false, error: { outcome: 'ambiguous' } });
  recordAll();
  expect(await flushing).toMatchObject({ ok: true });
  // What may have been taken comes again as it was, before anything newer.
  expect(exporter.snapshots[0]).toBe(sent[0]);
  expect(exporter.snapshots.map(deltasIn)).toEqual([
    { counted: series, measured: perLatency * series },
    { counted: series, measured: perLatency * series },
  ]);
  expect(telemetry.account()).toMatchObject({ pending: 0n, accepted: BigInt(2 * (1 + perLatency) * series) });
});
