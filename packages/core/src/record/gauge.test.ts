import { expect, it } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { ScriptedExporter } from '../testing/scripted-exporter.ts';
import { TelemetryHandle } from '../telemetry-handle.ts';

it('keeps the last value and when it was set', () => {
  const clock = new ManualClock();
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter(), clock });
  telemetry.recordGauge('g', 17);
  clock.advance(5);
  telemetry.gauge('g').set(-0.5);
  const [point] = telemetry.snapshot().points;
  expect(telemetry.snapshot().gauge('g')).toBe(-0.5);
  expect(point).toHaveProperty('timeUnixNano', BigInt(clock.wallMs) * 1_000_000n);
});

it('does not exist before it is set', () => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
  telemetry.gauge('g');
  expect(telemetry.snapshot().gauge('g')).toBeUndefined();
  expect(telemetry.snapshot().points).toHaveLength(0);
});

it('says whether it was set since the last delivered flush', async () => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
  telemetry.recordGauge('g', 1);
  expect(telemetry.snapshot().points.at(0)).toHaveProperty('changed', true);
  await telemetry.flush();
  expect(telemetry.snapshot().points.at(0)).toHaveProperty('changed', false);
  telemetry.recordGauge('g', 1);
  expect(telemetry.snapshot().points.at(0)).toHaveProperty('changed', true);
});

it.each<unknown>([Number.NaN, Infinity, 1n, '1', undefined])(
  'refuses %s and keeps the last value',
  (value) => {
    const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
    const bound = telemetry.gauge('g');
    bound.set(1);
    telemetry.recordGauge('g', 1, { chain: 'base' });
    for (const result of [
      bound.set(value as number),
      telemetry.recordGauge('g', value as number),
      telemetry.recordGauge('g', value as number, { chain: 'base' }),
    ]) {
      expect(result).toMatchObject({ ok: false, error: { code: 'INVALID_VALUE' } });
    }
    expect(telemetry.snapshot().gauge('g')).toBe(1);
    expect(telemetry.snapshot().gauge('g', { chain: 'base' })).toBe(1);
  },
);
