import { expect, it } from 'vitest';
import { ScriptedExporter } from '../testing/scripted-exporter.ts';
import { TelemetryHandle } from '../telemetry-handle.ts';
import { stateOptions } from '../testing/state-options.ts';
import { State } from './state.ts';

it.each<readonly [string, unknown]>([
  ['an empty string', ''],
  ['a leading digit', '1a'],
  ['a space', 'a b'],
  ['256 characters', 'a'.repeat(256)],
  ['other letters', 'é'],
  ['no string', 7],
  ['undefined', undefined],
])('refuses a name with %s', (_, name) => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
  expect(telemetry.recordCounter(name as string, 1)).toMatchObject({ error: { code: 'INVALID_NAME' } });
  expect(telemetry.snapshot().points).toHaveLength(0);
});

it.each(['a', 'A1_.-/z', 'a'.repeat(255), 'constructor', 'toString', '__proto__'.slice(2)])(
  'takes the name %s',
  (name) => {
    const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
    expect(telemetry.recordCounter(name, 1)).toEqual({ ok: true });
    expect(telemetry.snapshot().total(name)).toBe(1n);
  },
);

it('takes names that differ in case for one, and keeps the first casing', () => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
  telemetry.recordCounter('Ingest.Success', 1);
  telemetry.recordCounter('ingest.success', 2);
  telemetry.counter('INGEST.SUCCESS').add(4);
  expect(telemetry.snapshot().total('inGest.success')).toBe(7n);
  expect(telemetry.snapshot().points.at(0)?.series.metric.name).toBe('Ingest.Success');
  expect(telemetry.snapshot().points).toHaveLength(1);
});

it('keeps one name to one kind', () => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
  telemetry.recordCounter('c', 1);
  for (const result of [
    telemetry.recordGauge('C', 1),
    telemetry.recordLatencyMs('c', 1),
    telemetry.histogram('c').record(1),
    telemetry.latency('c').record(1),
  ]) {
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'KIND_CONFLICT', message: expect.stringContaining('counter') },
    });
  }
  expect(telemetry.snapshot().total('c')).toBe(1n);
});

it('takes unit, description and bounds from the configuration, else from the first use', () => {
  const telemetry = new TelemetryHandle({
    exporter: new ScriptedExporter(),
    latencyBoundsMs: [1, 2],
    metrics: new Map([['Configured', { unit: 's', bounds: [7] }]]),
  });
  telemetry.histogram('configured', { unit: 'By', bounds: [1], description: 'from code' }).record(1);
  telemetry.histogram('first', { unit: 'By', bounds: [3] }).record(1);
  telemetry.recordLatencyMs('latency', 1);
  const metrics = Array.from(telemetry.snapshot().points, (point) => ({
    unit: point.series.metric.unit,
    description: point.series.metric.description,
    bounds: point.type === 'histogram' ? point.bounds : undefined,
  }));
  expect(metrics).toEqual([
    { unit: 's', description: 'from code', bounds: [7] },
    { unit: 'By', description: '', bounds: [3] },
    { unit: 'ms', description: '', bounds: [1, 2] },
  ]);
});

it('keeps the first options and warns once of others', () => {
  const warnings: string[] = [];
  const telemetry = new TelemetryHandle({
    exporter: new ScriptedExporter(),
    warn: (message) => warnings.push(message),
  });
  const first = telemetry.histogram('h', { unit: 'By', bounds: [1] });
  telemetry.histogram('h', { unit: 'By' });
  expect(warnings).toEqual([]);
  telemetry.histogram('h', { unit: 's', bounds: [2] });
  telemetry.histogram('h', { unit: 's' });
  expect(warnings).toEqual([expect.stringMatching(/"h".*unit and bounds/)]);
  first.record(1);
  expect(telemetry.snapshot().points.at(0)).toHaveProperty('bounds', [1]);
});

it.each([
  ['63 characters', 'u'.repeat(63), true],
  ['64 characters', 'u'.repeat(64), false],
  ['other letters', 'µs', false],
  ['nothing', '', true],
])('takes a unit of at most 63 ASCII characters: %s', (_, unit, isTaken) => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
  expect(telemetry.counter('c', { unit }).add(1).ok).toBe(isTaken);
});

it.each([
  [1000, true],
  [1001, false],
])('takes at most a thousand bounds: %d', (length, isTaken) => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
  const bounds = Array.from({ length }, (_, i) => i);
  const histogram = telemetry.histogram('h', { bounds });
  // Beyond what a bound instrument collects, to be recorded at once.
  for (let value = 0; value < 300; value++) expect(histogram.record(value).ok).toBe(isTaken);
  const point = telemetry.snapshot().points.at(0);
  if (isTaken)
    expect(point?.type === 'histogram' && [...point.total.bucketCounts].slice(0, 301)).toEqual([
      ...Array.from({ length: 300 }, () => 1),
      0,
    ]);
});

it('replaces unpaired surrogates in a description', () => {
  const warnings: string[] = [];
  const telemetry = new TelemetryHandle({
    exporter: new ScriptedExporter(),
    warn: (message) => warnings.push(message),
  });
  for (let i = 0; i < 2; i++) telemetry.counter('c', { description: 'so \ud800 many' }).add(1);
  expect(telemetry.snapshot().points.at(0)?.series.metric.description).toBe('so \ufffd many');
  expect(warnings).toEqual([]);
});

it('warns of later options also where the configuration has others of the metric', () => {
  const warnings: string[] = [];
  const telemetry = new TelemetryHandle({
    exporter: new ScriptedExporter(),
    warn: (message) => warnings.push(message),
    metrics: new Map([['h', { description: 'configured' }]]),
  });
  telemetry.histogram('h', { unit: 'By', description: 'from code' });
  telemetry.histogram('H', { unit: 'By', description: 'other code' });
  expect(warnings).toEqual([]);
  telemetry.histogram('h', { unit: 's', description: 'from code' });
  expect(warnings).toEqual([expect.stringMatching(/"h".*another unit:/)]);
});

it.each<readonly [string, unknown]>([
  ['no array', 5],
  ['NaN', [1, Number.NaN]],
  ['infinity', [1, Infinity]],
  ['a string', ['1']],
  ['equal bounds', [1, 1]],
  ['falling bounds', [2, 1]],
])('refuses bounds with %s', (_, bounds) => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
  const histogram = telemetry.histogram('h', { bounds: bounds as number[] });
  expect(histogram.record(1)).toMatchObject({
    error: { code: 'INVALID_OPTIONS', message: expect.stringContaining('"h"') },
  });
});

it('gathers what comes after the limit in one series and keeps the sum exact', () => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter(), cardinalityLimit: 10 });
  const bound = telemetry.counter('c', { attributes: { user: 'bound' } });
  for (let user = 0; user < 1000; user++) telemetry.recordCounter('c', 1, { user });
  bound.add(5);
  const { points } = telemetry.snapshot();
  const sum = Array.from(points, (point) => (point.type === 'sum' ? Number(point.total) : 0)).reduce(
    (a, b) => a + b,
  );
  expect(points).toHaveLength(10);
  expect(sum).toBe(1005);
  expect(telemetry.snapshot().total('c', { 'otel.metric.overflow': true })).toBe(996n);
  expect(telemetry.snapshot().total('c', { user: 8 })).toBe(1n);
});

it('takes a series that a caller marked as the overflow series for just that', () => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter(), cardinalityLimit: 3 });
  const overflow = { 'otel.metric.overflow': true };
  telemetry.recordCounter('c', 100, overflow);
  for (let user = 0; user < 5; user++) telemetry.recordCounter('c', 1, { user });
  telemetry.recordCounter('c', 1000, overflow);
  const { points } = telemetry.snapshot();
  const totals = Array.from(points, (point) => (point.type === 'sum' ? Number(point.total) : 0));
  expect(totals.reduce((a, b) => a + b)).toBe(1105);
  expect(points.length).toBeLessThanOrEqual(3);
  expect(telemetry.snapshot().total('c', overflow)).toBe(1103n);
});

it('does not keep the key sets of series that made room', () => {
  const state = new State({ ...stateOptions, cardinalityLimit: 10_000 }, 0n);
  const { keyPaths } = state;
  for (let i = 0; i < 1023; i++) state.reach('c', 'counter', { [`key ${i}`]: 1 });
  expect(state.keyPaths).toBe(keyPaths);
  state.reach('c', 'counter', { another: 1 });
  expect(state.keyPaths).not.toBe(keyPaths);
  const metric = state.findMetric('c');
  metric?.keepRows([1022, 1023]);
  expect([metric?.find({ another: 1 })?.row, metric?.find({ 'key 1022': 1 })?.row]).toEqual([1, 0]);
  expect(metric?.find({ 'key 1': 1 })).toBeUndefined();
  expect(metric?.table.index.keySetOf(1)).toBe(1);
});

it('does not keep attributes that were seen of series that made room', () => {
  const state = new State(stateOptions, 0n);
  const sets = [{ a: 1 }, { a: 2 }, { a: 3 }];
  for (const name of ['c', 'd', 'c', 'd']) for (const set of sets) state.reach(name, 'counter', set);
  const [c, d] = [state.findMetric('c'), state.findMetric('d')];
  for (let turn = 0; turn < 2; turn++) {
    for (const metric of [c, d]) expect(sets.map((set) => metric?.find(set)?.row)).toEqual([0, 1, 2]);
  }
  const { seen } = state.keyPaths;
  expect(seen.find({ a: 1 })).toBe(0);
  c?.keepRows([2, 1]);
  expect(seen.find({ a: 1 })).toBe(-1);
  for (let turn = 0; turn < 3; turn++) {
    expect(sets.map((set) => c?.find(set)?.row)).toEqual([undefined, 1, 0]);
    expect(sets.map((set) => d?.find(set)?.row)).toEqual([0, 1, 2]);
  }
  expect(state.keyPaths.seen.find({ a: 2 })).toBeGreaterThanOrEqual(0);
});
