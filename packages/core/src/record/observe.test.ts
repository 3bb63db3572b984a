import { expect, it } from 'vitest';
import { TelemetryHandle } from '../index.ts';
import { ScriptedExporter } from '../testing/scripted-exporter.ts';
import type { Observed } from './observe.ts';

interface Setup {
  readonly telemetry: TelemetryHandle;
  readonly exporter: ScriptedExporter;
  readonly warnings: readonly string[];
}

function setUp(): Setup {
  const exporter = new ScriptedExporter();
  const warnings: string[] = [];
  const telemetry = new TelemetryHandle({ exporter, warn: (message) => warnings.push(message) });
  return { telemetry, exporter, warnings };
}

it('asks once per flush and once per snapshot', async () => {
  const { telemetry, exporter } = setUp();
  let asked = 0;
  telemetry.observe(
    'heap.used',
    () => {
      asked += 1;
      return asked;
    },
    { unit: 'By' },
  );
  expect(telemetry.snapshot().gauge('heap.used')).toBe(1);
  await telemetry.flush();
  expect(asked).toBe(2);
  expect(exporter.snapshots[0]?.gauge('heap.used')).toBe(2);
  expect(exporter.snapshots[0]?.points.at(0)?.series.metric).toMatchObject({
    kind: 'observed-gauge',
    unit: 'By',
  });
});

it('takes several series from one observer, with the attributes of both', () => {
  const { telemetry } = setUp();
  const depths = { fast: 1, slow: 2 };
  telemetry.observe(
    'queue.depth',
    () => Object.entries(depths).map(([queue, value]) => ({ value, attributes: { queue } })),
    { attributes: { node: 'eu' } },
  );
  const snapshot = telemetry.snapshot();
  expect(snapshot.gauge('queue.depth', { node: 'eu', queue: 'fast' })).toBe(1);
  expect(snapshot.gauge('queue.depth', { node: 'eu', queue: 'slow' })).toBe(2);
});

it('takes a counter for a running total, also one that begins anew', () => {
  const { telemetry } = setUp();
  const observed: (number | bigint | undefined)[] = [10, 15n, undefined, 15, 3, 2n ** 63n];
  telemetry.observe('bytes', () => observed.shift(), { kind: 'counter' });
  const totals = Array.from({ length: 6 }, () => telemetry.snapshot().total('bytes'));
  expect(totals).toEqual([10n, 15n, 15n, 15n, 18n, 15n + 2n ** 63n]);
});

it('adds up running totals that share the overflow series', () => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter(), cardinalityLimit: 2 });
  let bytes = 10n;
  telemetry.observe(
    'bytes',
    () => ['a', 'b', 'c'].map((disk) => ({ value: (bytes += 1n), attributes: { disk } })),
    {
      kind: 'counter',
    },
  );
  telemetry.snapshot();
  const snapshot = telemetry.snapshot();
  expect(snapshot.total('bytes', { disk: 'a' })).toBe(14n);
  expect(snapshot.total('bytes', { 'otel.metric.overflow': true })).toBe(15n + 16n);
});

it('takes an up-down counter as it stands', () => {
  const { telemetry } = setUp();
  const observed = [10, 4, -3n, 0];
  telemetry.observe('connections', () => observed.shift(), { kind: 'up-down-counter' });
  const totals = Array.from({ length: 4 }, () => telemetry.snapshot().total('connections'));
  expect(totals).toEqual([10n, 4n, -3n, 0n]);
  expect(telemetry.snapshot().points.at(0)).toHaveProperty('monotonic', false);
});

it.each<readonly [string, () => Observed]>([
  [
    'throws',
    (): Observed => {
      throw new Error('no sensor');
    },
  ],
  ['gives NaN', () => Number.NaN],
  ['gives a bigint beyond all doubles', () => 10n ** 400n],
  ['gives a string', () => 'high' as unknown as number],
  ['gives a promise', () => Promise.resolve(1) as unknown as number],
  ['gives bad attributes', () => [{ value: 1, attributes: { a: Number.NaN } }]],
])('warns once of an observer that %s, and harms nothing else', (_, observer) => {
  const { telemetry, warnings } = setUp();
  telemetry.observe('bad', observer);
  telemetry.observe('good', () => 1);
  for (let i = 0; i < 3; i++) expect(telemetry.snapshot().gauge('good')).toBe(1);
  expect(warnings).toEqual([expect.stringContaining('"bad"')]);
  expect(telemetry.snapshot().gauge('bad')).toBeUndefined();
});

it('ends when told so: a gauge goes at once, a counter when it is delivered', async () => {
  const { telemetry, exporter } = setUp();
  const stops = [
    telemetry.observe('level', () => 1),
    telemetry.observe('bytes', () => 5, { kind: 'counter' }),
  ];
  await telemetry.flush();
  for (const stop of stops) stop();
  await telemetry.flush();
  await telemetry.flush();
  expect(exporter.snapshots).toHaveLength(1);
  expect(telemetry.account()).toMatchObject({ recorded: 5n, accepted: 5n });
});

it('counts nothing a second time when there is room again for what is in the overflow series', async () => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter(), cardinalityLimit: 3 });
  const observe = (disks: readonly string[], value: number): (() => void) =>
    telemetry.observe('bytes', () => disks.map((disk) => ({ value, attributes: { disk } })), {
      kind: 'counter',
    });
  const stop = observe(['a', 'b'], 1);
  await telemetry.flush();
  observe(['c', 'd'], 10);
  await telemetry.flush();
  stop();
  for (let i = 0; i < 3; i++) await telemetry.flush();
  expect(telemetry.account()).toMatchObject({ recorded: 22n, accepted: 22n });
  expect(telemetry.snapshot().total('bytes', { 'otel.metric.overflow': true })).toBe(20n);
});

function fiveDisks(): Observed {
  return [1, 2, 3, 4, 5].map((disk) => ({ value: 10, attributes: { disk } }));
}

it('goes on after the observers of an overflowing metric have ended, and with what they threw', async () => {
  const exporter = new ScriptedExporter();
  const telemetry = new TelemetryHandle({ exporter, cardinalityLimit: 3, warn: () => {} });
  const stop = telemetry.observe('bytes', fiveDisks, { kind: 'counter' });
  await telemetry.flush();
  stop();
  await telemetry.flush();
  telemetry.observe('bytes', fiveDisks, { kind: 'counter' });
  telemetry.observe('odd', () => {
    throw Object.create(null) as Error;
  });
  expect(await telemetry.flush()).toMatchObject({ ok: true });
  expect(telemetry.account()).toMatchObject({ recorded: 100n, accepted: 100n });
});

it('takes the last of several values of one gauge', () => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter(), cardinalityLimit: 2 });
  telemetry.observe('level', () => [1.5, 2.5, 0.5].map((value) => ({ value, attributes: { disk: 'a' } })));
  telemetry.observe('other', () =>
    ['a', 'b', 'c'].map((disk, i) => ({ value: i + 0.5, attributes: { disk } })),
  );
  expect(telemetry.snapshot().gauge('level', { disk: 'a' })).toBe(0.5);
  expect(telemetry.snapshot().gauge('other', { 'otel.metric.overflow': true })).toBe(2.5);
});

it('goes on with a series that was ended and is observed again before it went', async () => {
  const { telemetry } = setUp();
  telemetry.observe('bytes', () => 5, { kind: 'counter' })();
  const stop = telemetry.observe('bytes', () => 5, { kind: 'counter' });
  telemetry.snapshot();
  stop();
  telemetry.observe('bytes', () => 7, { kind: 'counter' });
  for (let i = 0; i < 3; i++) await telemetry.flush();
  expect(telemetry.snapshot().total('bytes')).toBe(12n);
});

it('keeps a series that another observer still feeds', async () => {
  const { telemetry } = setUp();
  const stop = telemetry.observe('bytes', () => 100, { kind: 'counter' });
  telemetry.observe('bytes', () => 100, { kind: 'counter' });
  await telemetry.flush();
  const before = telemetry.account().recorded;
  stop();
  for (let i = 0; i < 3; i++) await telemetry.flush();
  expect(telemetry.account().recorded).toBe(before);
});

it('sends what an observer records by itself with the snapshot that asked it', async () => {
  const { telemetry, exporter } = setUp();
  const asked = telemetry.counter('asked');
  telemetry.observe('level', () => (asked.add(1).ok ? 1 : 0));
  await telemetry.shutdown();
  expect(exporter.snapshots[0]?.total('asked')).toBe(1n);
});

it('warns of what can not be observed', () => {
  const { telemetry, warnings } = setUp();
  telemetry.recordCounter('taken', 1);
  telemetry.observe('taken', () => 1);
  telemetry.observe('no name', () => 1);
  telemetry.observe('fine', undefined as unknown as () => number);
  telemetry.observe('fine', () => 1, { attributes: { a: Number.NaN } });
  expect(warnings).toHaveLength(4);
  expect(telemetry.snapshot().points).toHaveLength(1);
});

it('is not asked by a disabled handle', () => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter(), disabled: true });
  let asked = 0;
  telemetry.observe('level', () => (asked += 1));
  telemetry.snapshot();
  expect(asked).toBe(0);
});
