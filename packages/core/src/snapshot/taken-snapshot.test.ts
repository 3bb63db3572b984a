import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { ScriptedExporter } from '../testing/scripted-exporter.ts';
import { TelemetryHandle } from '../telemetry-handle.ts';

function makeHandle(): TelemetryHandle {
  return new TelemetryHandle({
    exporter: new ScriptedExporter(),
    clock: new ManualClock(),
    labels: { component: 'sentry', ['__proto__']: 'label' },
    resource: { 'service.name': 'test' },
  });
}

it('never changes once it was taken', async () => {
  const telemetry = makeHandle();
  telemetry.recordCounter('c', 2n ** 60n);
  telemetry.recordLatencyMs('p', 5);
  telemetry.recordGauge('g', 1);
  const snapshot = telemetry.snapshot();
  const before = JSON.stringify(snapshot);
  telemetry.recordCounter('c', 1);
  telemetry.recordCounter('c', 1, { chain: 'base' });
  telemetry.recordCounter('new', 1);
  telemetry.recordLatencyMs('p', 1);
  telemetry.recordGauge('g', 2);
  await telemetry.flush();
  expect(JSON.stringify(snapshot)).toBe(before);
  expect(snapshot.total('c', { chain: 'base' })).toBe(0n);
  expect(snapshot.total('new')).toBe(0n);
  telemetry.recordLatencyMs('p', 1, { chain: 'base' });
  telemetry.recordGauge('g', 1, { chain: 'base' });
  expect(snapshot.latency('p', { chain: 'base' })).toBeUndefined();
  expect(snapshot.gauge('g', { chain: 'base' })).toBeUndefined();
  expect(Object.isFrozen(snapshot)).toBe(true);
});

it('clears nothing by being taken', () => {
  const telemetry = makeHandle();
  telemetry.recordCounter('c', 1);
  telemetry.recordLatencyMs('p', 1);
  expect(telemetry.snapshot().toJSON()).toEqual(telemetry.snapshot().toJSON());
});

it('reads points by index as by iteration', () => {
  const telemetry = makeHandle();
  for (const chain of ['a', 'b', 'c']) telemetry.recordCounter('c', 1, { chain });
  telemetry.recordGauge('g', 1);
  telemetry.recordLatencyMs('p', 1);
  const { points } = telemetry.snapshot();
  const byIteration = Array.from(points, (point) => point.series);
  const byIndex = Array.from({ length: points.length }, (_, i) => points.at(i)?.series);
  expect(byIndex).toEqual(byIteration);
  expect(byIndex).toHaveLength(5);
  expect(points.at(-1)).toBeUndefined();
  expect(points.at(5)).toBeUndefined();
});

it('goes through the points of all metrics and stays at the end', () => {
  const telemetry = makeHandle();
  const iterator = telemetry.snapshot().points[Symbol.iterator]();
  expect([iterator.next(), iterator.next()]).toEqual([
    { done: true, value: undefined },
    { done: true, value: undefined },
  ]);
  for (const chain of ['a', 'b']) {
    telemetry.recordCounter('c', 1, { chain });
    telemetry.recordGauge('g', 1, { chain });
    telemetry.recordLatencyMs('p', 1, { chain });
  }
  const points = telemetry.snapshot().points[Symbol.iterator]();
  const results = Array.from({ length: 8 }, () => points.next());
  expect(results.map(({ done, value }) => [done, value?.type, value?.series.attributes['chain']])).toEqual([
    [false, 'sum', 'a'],
    [false, 'sum', 'b'],
    [false, 'gauge', 'a'],
    [false, 'gauge', 'b'],
    [false, 'histogram', 'a'],
    [false, 'histogram', 'b'],
    [true, undefined, undefined],
    [true, undefined, undefined],
  ]);
});

it('has distributions that stay those of their point while others are read', async () => {
  const telemetry = makeHandle();
  const latency = telemetry.latency('p', { boundsMs: [10], attributes: { chain: 'a' } });
  latency.record(1);
  await telemetry.flush();
  latency.record(20);
  telemetry.latency('p', { attributes: { chain: 'b' } }).record(5);
  const { points } = telemetry.snapshot();
  const distributions = Array.from(points).flatMap((point) =>
    point.type === 'histogram' ? [point.total, point.delta] : [],
  );
  const read = distributions.map(({ count, sum, min, max, bucketCounts }) => {
    return { moments: [count, sum, min, max], buckets: [...bucketCounts] };
  });
  expect(read).toEqual([
    { moments: [2, 21, 1, 20], buckets: [1, 1] },
    { moments: [1, 20, 20, 20], buckets: [0, 1] },
    { moments: [1, 5, 5, 5], buckets: [1, 0] },
    { moments: [1, 5, 5, 5], buckets: [1, 0] },
  ]);
  const counts = distributions[0]?.bucketCounts[Symbol.iterator]();
  expect(Array.from({ length: 4 }, () => counts?.next())).toEqual([
    { done: false, value: 1 },
    { done: false, value: 1 },
    { done: true, value: undefined },
    { done: true, value: undefined },
  ]);
});

it('finds series by name in any case and attributes in any order', () => {
  const telemetry = makeHandle();
  telemetry.recordCounter('c', 3, { a: 1, b: '2' });
  const snapshot = telemetry.snapshot();
  expect(snapshot.counter('C', { b: '2', a: 1n })).toBe(3n);
  expect(snapshot.counter('c')).toBe(0n);
  expect(snapshot.counter('c', { a: 1, b: 2 })).toBe(0n);
  expect(snapshot.counter('c', { a: Number.NaN })).toBe(0n);
  expect(snapshot.latency('c', { a: 1, b: '2' })).toBeUndefined();
  expect(snapshot.gauge('c', { a: 1, b: '2' })).toBeUndefined();
});

it.each([
  [[10], [5], 0.5, 5],
  [[10, 20], [1, 2, 3, 4], 0.5, 2.5],
  [[10, 20], [11, 12, 19, 20], 0, 11],
  [[10, 20], [11, 12, 19, 20], 1, 20],
  [[10, 20], [5, 15, 25, 35], 0.25, 10],
  [[10, 20], [5, 15, 25, 35], 0.5, 20],
  [[10, 20], [5, 15, 25, 35], 1, 35],
  [[], [1, 3], 0.5, 2],
])('estimates over bounds %j and values %j the quantile %d as %d', (boundsMs, values, q, expected) => {
  const telemetry = makeHandle();
  const latency = telemetry.latency('p', { boundsMs });
  for (const value of values) latency.record(value);
  expect(telemetry.snapshot().latency('p')?.quantile(q)).toBeCloseTo(expected, 10);
});

it('estimates quantiles over exponential buckets within the width of a bucket', () => {
  const telemetry = new TelemetryHandle({
    exporter: new ScriptedExporter(),
    latencyHistogram: 'exponential',
  });
  const histogram = telemetry.histogram('h');
  for (let i = -500; i <= 500; i++) histogram.record(i);
  const summary = telemetry.snapshot().latency('h');
  expect(summary).toMatchObject({ count: 1001, sum: 0, min: -500, max: 500 });
  for (const [q, value] of [
    [0, -500],
    [0.1, -400],
    [0.5, 0],
    [0.75, 250],
    [1, 500],
  ] as const) {
    expect(Math.abs((summary?.quantile(q) ?? Infinity) - value)).toBeLessThanOrEqual(
      0.05 * Math.abs(value) + 1,
    );
  }
});

const anyValue = fc.oneof(
  fc.double({ min: 0.001, max: 1000, noNaN: true }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -20, max: 20 }),
  fc.constantFrom(
    0,
    1,
    2 ** 0.5,
    2 ** 0.75,
    Number.MIN_VALUE,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    2 ** -1022,
  ),
);
const values = fc.array(anyValue, { minLength: 1, maxLength: 50 });
const quantile = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.5, 1));

/** The value that the share `q` of the sorted values does not exceed. */
function exactQuantile(sorted: readonly number[], q: number): number {
  return sorted[Math.max(Math.ceil(q * sorted.length) - 1, 0)] as number;
}

it('is never off by more than the width of the bucket, nor outside the smallest and the largest value', () => {
  fc.assert(
    fc.property(values, fc.uniqueArray(anyValue, { maxLength: 12 }), quantile, (recorded, some, q) => {
      const bounds = [...new Set(some.map((bound) => bound + 0))].toSorted((a, b) => a - b);
      const histogram = makeHandle();
      for (const value of recorded) histogram.histogram('h', { bounds }).record(value);
      const sorted = recorded.toSorted((a, b) => a - b);
      const [min, max] = [sorted[0] as number, sorted.at(-1) as number];
      const exact = exactQuantile(sorted, q);
      const lower = Math.max(bounds.findLast((bound) => bound < exact) ?? -Infinity, min);
      const upper = Math.min(bounds.find((bound) => bound >= exact) ?? Infinity, max);
      const estimate = histogram.snapshot().latency('h')?.quantile(q) as number;
      expect(estimate).toBeGreaterThanOrEqual(min);
      expect(estimate).toBeLessThanOrEqual(max);
      expect(Math.abs(estimate - exact)).toBeLessThanOrEqual((upper - lower) * (1 + 1e-9));
    }),
    { numRuns: 2000 },
  );
});

it('gives the one value that a bucket without any width holds, not one next to it', () => {
  const least = -Number.MAX_VALUE;
  const telemetry = makeHandle();
  const histogram = telemetry.histogram('h', { bounds: [least] });
  for (const value of [0, least, 0]) histogram.record(value);
  const quantiles = [0, 0.0106, 0.1, 0.3].map((q) => telemetry.snapshot().latency('h')?.quantile(q));
  expect(quantiles).toEqual([least, least, least, least]);
});

it('is never off by more than the width of an exponential bucket, either', () => {
  fc.assert(
    fc.property(values, quantile, (recorded, q) => {
      const telemetry = new TelemetryHandle({
        exporter: new ScriptedExporter(),
        latencyHistogram: 'exponential',
      });
      for (const value of recorded) telemetry.histogram('h').record(value);
      const sorted = recorded.toSorted((a, b) => a - b);
      const exact = exactQuantile(sorted, q);
      const point = telemetry.snapshot().points.at(0);
      const scale = point?.type === 'exponential-histogram' ? point.delta.scale : Number.NaN;
      const base = 2 ** (2 ** -scale);
      const width = Math.abs(exact) * (base - 1) * (1 + 1e-9) + 2 * Number.MIN_VALUE;
      const estimate = telemetry.snapshot().latency('h')?.quantile(q) as number;
      expect(estimate).toBeGreaterThanOrEqual(sorted[0] as number);
      expect(estimate).toBeLessThanOrEqual(sorted.at(-1) as number);
      expect(Math.abs(estimate - exact)).toBeLessThanOrEqual(width);
    }),
    { numRuns: 2000 },
  );
});

it('has no quantile outside 0 to 1, or of nothing', async () => {
  const telemetry = makeHandle();
  telemetry.recordLatencyMs('p', 1);
  for (const q of [-0.1, 1.1, Number.NaN])
    expect(telemetry.snapshot().latency('p')?.quantile(q)).toBeUndefined();
  await telemetry.flush();
  expect(telemetry.snapshot().latency('p')?.quantile(0.5)).toBeUndefined();
});

it('is plain data for JSON, and readable in the console', () => {
  const telemetry = makeHandle();
  telemetry.recordCounter('c', 2n ** 64n - 1n, { ['__proto__']: 'x', big: 2n ** 62n });
  const json = JSON.parse(JSON.stringify(telemetry.snapshot())) as {
    labels: object;
    points: { attributes: object }[];
  };
  expect(Object.entries(json.labels)).toEqual([
    ['__proto__', 'label'],
    ['component', 'sentry'],
  ]);
  expect(json.points[0]).toMatchObject({ name: 'c', kind: 'counter', delta: '18446744073709551615' });
  expect(Object.entries(json.points[0]?.attributes ?? {})).toEqual([
    ['__proto__', 'x'],
    ['big', '4611686018427387904'],
  ]);
  const shown = inspect(telemetry.snapshot());
  expect(shown).toContain("delta: '18446744073709551615'");
  expect(shown).toContain("big: '4611686018427387904'");
  expect(inspect({ result: { snapshot: telemetry.snapshot() } })).toContain('[Snapshot of 1 points]');
  expect(inspect({ result: { snapshot: telemetry.snapshot() } }, { depth: null })).toContain('delta: ');
});
