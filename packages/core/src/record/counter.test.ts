import { expect, it } from 'vitest';
import { ScriptedExporter } from '../testing/scripted-exporter.ts';
import { TelemetryHandle } from '../telemetry-handle.ts';

function makeHandle(): TelemetryHandle {
  return new TelemetryHandle({ exporter: new ScriptedExporter() });
}

const max = 2n ** 64n - 1n;

it.each<readonly [string, readonly (number | bigint)[], bigint]>([
  ['numbers', [1, 2, 3], 6n],
  ['bigints', [1n, 2n], 3n],
  ['zero', [0], 0n],
  ['minus zero', [-0], 0n],
  ['numbers up to the safe integers', [Number.MAX_SAFE_INTEGER - 1, 1], 2n ** 53n - 1n],
  ['numbers past the safe integers', [Number.MAX_SAFE_INTEGER, 1, 1], 2n ** 53n + 1n],
  [
    'many numbers past the safe integers',
    Array.from({ length: 40 }, () => Number.MAX_SAFE_INTEGER),
    40n * (2n ** 53n - 1n),
  ],
  ['a bigint near the end, then numbers', [max - 10n, 1, 2, 3n, 4], max],
  ['the whole range at once', [max], max],
  ['2^63 and on', [2n ** 63n, 1], 2n ** 63n + 1n],
])('adds %s exactly', (_, deltas, total) => {
  const bound = makeHandle();
  const counter = bound.counter('c');
  const byName = makeHandle();
  for (const delta of deltas) {
    expect(counter.add(delta)).toEqual({ ok: true });
    expect(byName.recordCounter('c', delta)).toEqual({ ok: true });
  }
  expect(bound.snapshot().total('c')).toBe(total);
  expect(byName.snapshot().total('c')).toBe(total);
  expect(byName.snapshot().counter('c')).toBe(total);
});

it.each<readonly [string, unknown]>([
  ['a negative number', -1],
  ['a negative bigint', -1n],
  ['a fraction', 0.5],
  ['a large fraction', 2 ** 51 + 0.5],
  ['NaN', Number.NaN],
  ['infinity', Infinity],
  ['an unsafe integer', 2 ** 53],
  ['a string', '1'],
  ['undefined', undefined],
  ['null', null],
  ['an object', {}],
])('refuses %s and changes nothing', (_, delta) => {
  const telemetry = makeHandle();
  const counter = telemetry.counter('c');
  for (const before of [0, 5]) {
    counter.add(before);
    for (const result of [counter.add(delta as number), telemetry.recordCounter('c', delta as number)]) {
      expect(result).toMatchObject({
        ok: false,
        error: { code: 'INVALID_VALUE', message: expect.stringContaining('"c"') },
      });
    }
  }
  expect(telemetry.snapshot().total('c')).toBe(5n);
});

it('makes no series for a record that fails', () => {
  const telemetry = makeHandle();
  telemetry.recordCounter('c', -1);
  telemetry.recordCounter('c', max + 1n);
  telemetry.counter('d').add(-1);
  expect(telemetry.snapshot().points).toHaveLength(0);
});

it('refuses to pass 2^64 − 1 and changes nothing', () => {
  const telemetry = makeHandle();
  const counter = telemetry.counter('c');
  counter.add(max - 1n);
  for (const delta of [2, 2n, max, Number.MAX_SAFE_INTEGER]) {
    expect(counter.add(delta)).toMatchObject({ ok: false, error: { code: 'COUNTER_OVERFLOW' } });
  }
  expect(telemetry.snapshot().total('c')).toBe(max - 1n);
  expect(counter.add(1)).toEqual({ ok: true });
  expect(counter.add(0)).toEqual({ ok: true });
  expect(counter.add(1)).toMatchObject({ ok: false, error: { code: 'COUNTER_OVERFLOW' } });
  expect(telemetry.snapshot().total('c')).toBe(max);
});

it('loses nothing of a bound counter whose series passes 2^63 meanwhile', () => {
  const telemetry = makeHandle();
  const counter = telemetry.counter('c');
  counter.add(1);
  telemetry.recordCounter('c', 2n ** 63n - 2n ** 53n);
  telemetry.recordCounter('c', Number.MAX_SAFE_INTEGER);
  for (const delta of [2 ** 40, 7, 7]) expect(counter.add(delta)).toEqual({ ok: true });
  expect(telemetry.snapshot().total('c')).toBe(2n ** 63n + 2n ** 40n + 14n);
});

it('refuses what passes 2^64 − 1 together with what a bound counter holds by itself', () => {
  const telemetry = makeHandle();
  const counter = telemetry.counter('c', { attributes: { chain: 'base' } });
  counter.add(5);
  for (const delta of [max - 4n, max]) {
    expect(telemetry.recordCounter('c', delta, { chain: 'base' })).toMatchObject({
      error: { code: 'COUNTER_OVERFLOW' },
    });
  }
  expect(telemetry.recordCounter('c', max - 5n, { chain: 'base' })).toEqual({ ok: true });
  expect(counter.add(1)).toMatchObject({ error: { code: 'COUNTER_OVERFLOW' } });
  expect(telemetry.snapshot().total('c', { chain: 'base' })).toBe(max);
});

it('is inert when it could not be made, and says why at each record', () => {
  const telemetry = makeHandle();
  telemetry.recordGauge('taken', 1);
  expect(telemetry.counter('taken').add(1)).toMatchObject({ error: { code: 'KIND_CONFLICT' } });
  expect(telemetry.counter('no name').add(1)).toMatchObject({ error: { code: 'INVALID_NAME' } });
  expect(telemetry.counter('c', { unit: 'é' }).add(1)).toMatchObject({ error: { code: 'INVALID_OPTIONS' } });
  expect(telemetry.counter('c', { attributes: { a: Number.NaN } }).add(1)).toMatchObject({
    error: { code: 'INVALID_ATTRIBUTE' },
  });
});

it('records in the series of the attributes as they were when it was bound', () => {
  const telemetry = makeHandle();
  const attributes = { chain: 'base' };
  const counter = telemetry.counter('c', { attributes });
  attributes.chain = 'other';
  counter.add(1);
  telemetry.recordCounter('c', 2, { chain: 'base' });
  expect(telemetry.snapshot().total('c', { chain: 'base' })).toBe(3n);
  expect(telemetry.snapshot().total('c', attributes)).toBe(0n);
});
