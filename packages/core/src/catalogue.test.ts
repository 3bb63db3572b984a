import { expect, expectTypeOf, it } from 'vitest';
import { type AttributeValue, TelemetryHandle } from './index.ts';
import { ScriptedExporter } from './testing/scripted-exporter.ts';

function setUp() {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
  const metrics = telemetry.catalogue({
    'ingest.success': { kind: 'counter', attributes: ['chain'], unit: '{request}', description: 'taken' },
    'ingest.total': { kind: 'counter' },
    pipeline: { kind: 'latency', attributes: ['chain', 'stage'], bounds: [1, 2] },
    batch: { kind: 'histogram', unit: 'By', bounds: [10] },
    depth: { kind: 'gauge' },
    connections: { kind: 'up-down-counter' },
  });
  return { telemetry, metrics };
}

it('records what the catalogue names, with its units and bounds', () => {
  const { telemetry, metrics } = setUp();
  metrics.recordCounter('ingest.success', 1, { chain: 'base' });
  metrics.counter('ingest.success', { chain: 'base' }).add(2);
  metrics.recordCounter('ingest.total', 3);
  metrics.recordLatencyMs('pipeline', 4, { chain: 'base', stage: 'commit' });
  metrics.latency('pipeline', { chain: 'base', stage: 'commit' }).record(5);
  metrics.histogram('batch').record(6);
  metrics.recordGauge('depth', 7);
  metrics.gauge('depth').set(8);
  metrics.upDownCounter('connections').add(-9);
  const snapshot = telemetry.snapshot();
  expect(snapshot.total('ingest.success', { chain: 'base' })).toBe(3n);
  expect(snapshot.latency('pipeline', { chain: 'base', stage: 'commit' })).toMatchObject({
    count: 2,
    sum: 9,
  });
  expect(snapshot.latency('batch')?.count).toBe(1);
  expect(snapshot.gauge('depth')).toBe(8);
  expect(snapshot.total('connections')).toBe(-9n);
  const metricOf = Object.fromEntries(
    Array.from(snapshot.points, (point) => [point.series.metric.name, point]),
  );
  expect(metricOf['ingest.success']?.series.metric).toMatchObject({
    unit: '{request}',
    description: 'taken',
  });
  expect(metricOf['pipeline']).toHaveProperty('bounds', [1, 2]);
  expect(metricOf['batch']?.series.metric.unit).toBe('By');
});

it('lets the compiler check names, kinds and attribute keys', () => {
  const { metrics } = setUp();
  expectTypeOf(metrics.recordCounter<'ingest.success'>)
    .parameter(2)
    .toEqualTypeOf<Readonly<Record<'chain', AttributeValue>>>();
  expectTypeOf(metrics.recordCounter<'ingest.total'>).parameters.toEqualTypeOf<
    ['ingest.total', number | bigint]
  >();
  // @ts-expect-error -- a latency is no counter
  metrics.recordCounter('pipeline', 1, { chain: 'base', stage: 'commit' });
  // @ts-expect-error -- a key is missing
  metrics.recordCounter('ingest.success', 1, {});
  expectTypeOf(metrics.latency<'pipeline'>)
    .parameter(1)
    .toEqualTypeOf<Readonly<Record<'chain' | 'stage', AttributeValue>>>();
});

it.each<readonly [string, object, string]>([
  ['a name', { 'no name': { kind: 'counter' } }, 'INVALID_NAME'],
  ['bounds', { h: { kind: 'histogram', bounds: [2, 1] } }, 'INVALID_OPTIONS'],
  ['a kind', { h: { kind: 'sum' } }, 'INVALID_OPTIONS'],
  ['a definition', { h: null }, 'INVALID_OPTIONS'],
  ['a kind that is taken', { taken: { kind: 'gauge' } }, 'KIND_CONFLICT'],
])('throws for a catalogue with %s that can not be used', (_, definitions, code) => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
  telemetry.recordCounter('taken', 1);
  expect(() => telemetry.catalogue(definitions as {})).toThrow(expect.objectContaining({ code }));
});
