import { expect, it } from 'vitest';
import { TelemetryHandle } from './index.ts';
import { ScriptedExporter } from './testing/scripted-exporter.ts';

it('adds its attributes to everything that is recorded through it, a call’s own winning', () => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
  const attributes = { chain: 'base', node: 'eu' };
  const base = telemetry.with(attributes);
  attributes.chain = 'changed';
  base.recordCounter('c', 1);
  base.recordCounter('c', 2, { node: 'us' });
  base.recordLatencyMs('p', 3);
  base.recordGauge('g', 4);
  base.counter('c').add(5);
  base.counter('c', { attributes: { node: 'us' } }).add(6);
  base.upDownCounter('u').add(-7);
  base.latency('p').record(8);
  base.histogram('h', { bounds: [10] }).record(9);
  base.gauge('g').set(10);
  base.observe('o', () => 11);
  base.with({ shard: 1 }).recordCounter('c', 12);
  const set = { chain: 'base', node: 'eu' };
  const snapshot = telemetry.snapshot();
  expect(snapshot.total('c', set)).toBe(6n);
  expect(snapshot.total('c', { chain: 'base', node: 'us' })).toBe(8n);
  expect(snapshot.total('c', { ...set, shard: 1 })).toBe(12n);
  expect(snapshot.total('u', set)).toBe(-7n);
  expect(snapshot.latency('p', set)).toMatchObject({ count: 2, sum: 11 });
  expect(snapshot.latency('h', set)).toMatchObject({ count: 1, sum: 9 });
  expect(snapshot.gauge('g', set)).toBe(10);
  expect(snapshot.gauge('o', set)).toBe(11);
});

it('returns the error of attributes that can not be used', () => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
  const bad = telemetry.with({ a: Number.NaN });
  expect(bad.recordCounter('c', 1)).toMatchObject({ error: { code: 'INVALID_ATTRIBUTE' } });
  expect(telemetry.with(null as unknown as {}).recordCounter('c', 1)).toMatchObject({ ok: false });
  expect(telemetry.with({ a: 1 }).recordCounter('c', 1, null as unknown as {})).toMatchObject({ ok: false });
});
