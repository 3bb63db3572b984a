import { expect, it } from 'vitest';
import { TelemetryHandle } from '../index.ts';
import { ScriptedExporter } from '../testing/scripted-exporter.ts';

it.each<readonly [string, readonly (number | bigint)[], bigint]>([
  ['numbers of both signs', [5, -7, 1], -1n],
  ['bigints', [5n, -7n], -2n],
  ['numbers past the safe integers and back', [Number.MAX_SAFE_INTEGER, 10, -10, -1], 2n ** 53n - 2n],
  ['numbers below the safe integers and back', [Number.MIN_SAFE_INTEGER, -10, 11], -(2n ** 53n) + 2n],
  ['the whole range', [2n ** 63n - 1n, -(2n ** 63n), -(2n ** 63n) + 1n], -(2n ** 63n)],
])('adds %s exactly', (_, deltas, total) => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
  const counter = telemetry.upDownCounter('u');
  for (const delta of deltas) expect(counter.add(delta)).toEqual({ ok: true });
  expect(telemetry.snapshot().total('u')).toBe(total);
  expect(telemetry.snapshot().counter('u')).toBe(total);
});

it.each<unknown>([0.5, Number.NaN, Infinity, 2 ** 53, '1', undefined, null])(
  'refuses %s and changes nothing',
  (delta) => {
    const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
    const counter = telemetry.upDownCounter('u');
    counter.add(-5);
    expect(counter.add(delta as number)).toMatchObject({ ok: false, error: { code: 'INVALID_VALUE' } });
    expect(telemetry.snapshot().total('u')).toBe(-5n);
  },
);

it('refuses to leave the signed 64-bit range and changes nothing', () => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
  const counter = telemetry.upDownCounter('u');
  counter.add(2n ** 63n - 1n);
  expect(counter.add(1)).toMatchObject({ ok: false, error: { code: 'COUNTER_OVERFLOW' } });
  expect(counter.add(-(2n ** 64n))).toMatchObject({ ok: false, error: { code: 'COUNTER_OVERFLOW' } });
  expect(telemetry.snapshot().total('u')).toBe(2n ** 63n - 1n);
});

it.each([1n, -1n])('refuses to leave it by small steps as well, in the direction of %d', (direction) => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
  const counter = telemetry.upDownCounter('u');
  const end = direction > 0n ? 2n ** 63n - 1n : -(2n ** 63n);
  counter.add(end - 5n * direction);
  const step = 3 * Number(direction);
  expect(counter.add(step)).toEqual({ ok: true });
  for (let i = 0; i < 2; i++)
    expect(counter.add(step)).toMatchObject({ ok: false, error: { code: 'COUNTER_OVERFLOW' } });
  expect(counter.add(2 * Number(direction))).toEqual({ ok: true });
  expect(telemetry.snapshot().total('u')).toBe(end);
  expect(counter.add(-step)).toEqual({ ok: true });
  expect(telemetry.snapshot().total('u')).toBe(end - 3n * direction);
});

it('shows what was added since exactly, also where it is beyond the safe integers', async () => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
  const counter = telemetry.upDownCounter('u');
  counter.add(Number.MAX_SAFE_INTEGER - 1);
  await telemetry.flush();
  for (let i = 0; i < 2; i++) counter.add(-Number.MAX_SAFE_INTEGER);
  counter.add(1);
  expect(telemetry.snapshot().total('u')).toBe(1n - 2n ** 53n);
  expect(telemetry.snapshot().counter('u')).toBe(3n - 2n ** 54n);
});

it('shows what was added since the last delivered flush', async () => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
  const counter = telemetry.upDownCounter('u');
  counter.add(10);
  await telemetry.flush();
  counter.add(-4);
  expect(telemetry.snapshot().counter('u')).toBe(-4n);
  expect(telemetry.snapshot().points.at(0)).toMatchObject({
    type: 'sum',
    monotonic: false,
    delta: -4,
    total: 6,
  });
});
