import { expect, test } from 'vitest';
import { type CounterPoint, counterBody, keyValues, metricBody } from './testing/metrics-body.ts';
import { send } from './testing/send-request.ts';
import { TestCollector } from './test-collector.ts';

const delta = { temporality: 1 };
const attributes = { chain: 'base' };

async function post(collector: TestCollector, body: object): Promise<void> {
  const { status } = await send(collector.url, { body: JSON.stringify(body) });
  expect(status).toBe(200);
}

/** A collector that got these bodies, one after the other. */
async function after(...bodies: readonly object[]): Promise<TestCollector> {
  await using collector = await TestCollector.start();
  for (const body of bodies) {
    await post(collector, body);
  }
  return collector;
}

const point = (value: bigint | number, start: number, time: number): CounterPoint => ({
  value,
  start,
  time,
  attributes,
});

test.each<[string, CounterPoint[][], Parameters<typeof counterBody>[2], bigint]>([
  ['adds delta windows', [[point(3n, 1, 2)], [point(4n, 2, 3)]], delta, 7n],
  [
    'takes the last value of a cumulative series',
    [[point(3n, 1, 2)], [point(7n, 1, 3)], [point(7n, 1, 4)]],
    {},
    7n,
  ],
  [
    'adds the runs of a cumulative series that was restarted',
    [[point(3n, 1, 2)], [point(7n, 1, 3)], [point(2n, 5, 6)]],
    {},
    9n,
  ],
  [
    'adds the runs of one that was restarted and is past where it was',
    [[point(3n, 1, 2)], [point(7n, 5, 6)]],
    {},
    10n,
  ],
  [
    'sees a reset where a monotonic value fell',
    [[point(7n, 0, 2)], [point(2n, 0, 3)], [point(4n, 0, 4)]],
    {},
    11n,
  ],
  ['puts cumulative points in order of time', [[point(7n, 1, 3)], [point(3n, 1, 2)]], {}, 7n],
  ['lets an up-down counter fall', [[point(7n, 1, 2)], [point(2n, 1, 3)]], { monotonic: false }, 2n],
  [
    'takes the last run of an up-down counter',
    [[point(7n, 1, 2)], [point(-2n, 5, 6)]],
    { monotonic: false },
    -2n,
  ],
  [
    'is exact over the whole range',
    [[point(2n ** 63n - 1n, 1, 2)], [point(2n ** 63n - 1n, 2, 3)], [point(1n, 3, 4)]],
    delta,
    2n ** 64n - 1n,
  ],
  ['counts doubles that are whole', [[point(3, 1, 2)], [point(4, 2, 3)]], delta, 7n],
  ['adds up series', [[point(3n, 1, 2), { value: 5n, attributes: { chain: 'eth' } }]], {}, 8n],
])('%s', async (_, requests, stream, total) => {
  const collector = await after(...requests.map((points) => counterBody('c', points, stream)));
  expect(collector.sum('c')).toBe(total);
});

test('tells the resources of a series apart', async () => {
  const collector = await after(
    counterBody('c', [point(3n, 1, 2)], { resource: { 'service.instance.id': 'a' } }),
    counterBody('c', [point(1n, 1, 2)], { resource: { 'service.instance.id': 'b' } }),
    counterBody('c', [point(4n, 1, 3)], { resource: { 'service.instance.id': 'a' } }),
  );
  expect(collector.sum('c')).toBe(5n);
  expect(collector.resource()).toEqual({ 'service.instance.id': 'a' });
  expect(collector.resources()).toEqual([{ 'service.instance.id': 'b' }, { 'service.instance.id': 'a' }]);
});

test('counts a delta window that was sent again as often as it arrives, or once when asked', async () => {
  const window = counterBody('c', [point(3n, 1, 2)], delta);
  const collector = await after(window, window, counterBody('c', [point(4n, 2, 3)], delta));
  expect(collector.sum('c')).toBe(10n);
  expect(collector.sum('c', undefined, { duplicates: 'once' })).toBe(7n);
  expect(collector.duplicates()).toMatchObject([
    { name: 'c', identical: true, points: [{ value: 3n }, { value: 3n }] },
  ]);
});

test('tells a window that came again in other bytes', async () => {
  const collector = await after(
    counterBody('c', [point(3n, 1, 2)], delta),
    counterBody('c', [point(3n, 1, 2), { value: 1n, attributes: { chain: 'eth' } }], delta),
  );
  expect(collector.duplicates()).toMatchObject([{ name: 'c', identical: false }]);
  expect(collector.sum('c', attributes, { duplicates: 'once' })).toBe(6n);
});

test('takes a point that is twice in one request for two', async () => {
  const collector = await after(counterBody('c', [point(3n, 1, 2), point(3n, 1, 2)], delta));
  expect(collector.sum('c', undefined, { duplicates: 'once' })).toBe(6n);
  expect(collector.duplicates()).toMatchObject([{ identical: false }]);
});

test('chooses by attributes, telling types apart', async () => {
  const typed = [
    { key: 'id', value: { intValue: '1' } },
    { key: 'ok', value: { boolValue: true } },
    { key: 'ratio', value: { doubleValue: 0.5 } },
    { key: 'text', value: { stringValue: '1' } },
  ];
  const dataPoints = [{ startTimeUnixNano: 1, timeUnixNano: 2, asInt: 1, attributes: typed }];
  const collector = await after(metricBody({ name: 'c', sum: { aggregationTemporality: 1, dataPoints } }));
  for (const filter of [{ id: 1 }, { id: 1n }, { ok: true }, { ratio: 0.5 }, { text: '1', ok: true }]) {
    expect(collector.sum('c', filter)).toBe(1n);
  }
  for (const filter of [{ id: '1' }, { ok: 'true' }, { text: 1 }, { missing: '1' }]) {
    expect(collector.sum('c', filter)).toBe(0n);
  }
});

test('refuses to sum what is no sum or not whole', async () => {
  const gauge = { name: 'g', gauge: { dataPoints: [{ timeUnixNano: 2, asDouble: 1.5 }] } };
  const collector = await after(metricBody(gauge), counterBody('c', [point(1.5, 1, 2)]));
  expect(() => collector.sum('g')).toThrow(expect.objectContaining({ code: 'WRONG_KIND' }));
  expect(() => collector.latency('c')).toThrow(expect.objectContaining({ code: 'WRONG_KIND' }));
  expect(() => collector.gauge('c')).toThrow(expect.objectContaining({ code: 'WRONG_KIND' }));
  expect(() => collector.sum('c')).toThrow(expect.objectContaining({ code: 'NOT_AN_INTEGER' }));
});

test('reads the latest value of a gauge by its time', async () => {
  const gauge = (value: number, time: number): object =>
    metricBody({
      name: 'g',
      gauge: { dataPoints: [{ timeUnixNano: time, asDouble: value, attributes: keyValues(attributes) }] },
    });
  const collector = await after(gauge(1, 5), gauge(2, 9), gauge(3, 7));
  expect(collector.gauge('g', attributes)).toBe(2);
  expect(collector.gauge('g', { chain: 'eth' })).toBeUndefined();
});

interface HistogramWindow {
  readonly counts: readonly number[];
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly start: number;
  readonly time: number;
}

function histogramBody({ counts, sum, min, max, start, time }: HistogramWindow, temporality: number): object {
  const dataPoints = [
    {
      startTimeUnixNano: start,
      timeUnixNano: time,
      count: counts.reduce((total, count) => total + count, 0),
      sum,
      min,
      max,
      bucketCounts: counts,
      explicitBounds: [10, 20, 30],
    },
  ];
  return metricBody({
    name: 'h',
    unit: 'ms',
    histogram: { aggregationTemporality: temporality, dataPoints },
  });
}

test.each([
  ['delta', 1, { counts: [0, 0, 4, 0], sum: 100, min: 21, max: 29, start: 2, time: 3 }],
  ['cumulative', 2, { counts: [4, 0, 4, 0], sum: 120, min: 5, max: 29, start: 1, time: 3 }],
] as const)('merges %s histograms', async (_, temporality, second) => {
  const first = { counts: [4, 0, 0, 0], sum: 20, min: 5, max: 9, start: 1, time: 2 };
  const collector = await after(histogramBody(first, temporality), histogramBody(second, temporality));
  const latency = collector.latency('h');
  expect(latency).toMatchObject({ unit: 'ms', count: 8n, sum: 120, min: 5, max: 29 });
  expect(latency?.buckets).toEqual([
    { lower: Number.NEGATIVE_INFINITY, upper: 10, count: 4n },
    { lower: 20, upper: 30, count: 4n },
  ]);
  expect(latency?.quantile(0.25)).toBeCloseTo(7.5);
  expect(latency?.quantile(0.75)).toBeCloseTo(24.5);
  expect(latency?.quantile(1)).toBe(29);
  expect(latency?.quantile(2)).toBeNaN();
});

test('adds a histogram that was restarted', async () => {
  const collector = await after(
    histogramBody({ counts: [4, 0, 0, 0], sum: 20, min: 5, max: 9, start: 1, time: 2 }, 2),
    histogramBody({ counts: [1, 0, 0, 0], sum: 5, min: 5, max: 5, start: 3, time: 4 }, 2),
  );
  expect(collector.latency('h')).toMatchObject({ count: 5n, sum: 25 });
});

/** Two buckets of one value each, and one zero. */
function exponential(scale: number, offset: number, time: number): object {
  const positive = { offset, bucketCounts: [1, 1] };
  const dataPoints = [
    { startTimeUnixNano: time - 1, timeUnixNano: time, count: 3, sum: 10, scale, zeroCount: 1, positive },
  ];
  return metricBody({ name: 'e', exponentialHistogram: { aggregationTemporality: 1, dataPoints } });
}

test('merges exponential histograms of any scale', async () => {
  const collector = await after(exponential(0, 2, 2), exponential(1, 4, 3));
  const latency = collector.latency('e');
  expect(latency).toMatchObject({ count: 6n, sum: 20, min: undefined, max: undefined });
  expect(
    latency?.buckets.map(({ lower, upper, count }) => [lower, Math.round(upper * 100) / 100, count]),
  ).toEqual([
    [0, 0, 2n],
    [4, 5.66, 1n],
    [4, 8, 1n],
    [2 ** 2.5, 8, 1n],
    [8, 16, 1n],
  ]);
  expect(latency?.quantile(0.5)).toBeLessThanOrEqual(8);
});

test('lists the points with what their metric, scope and resource say', async () => {
  const summary = {
    name: 's',
    summary: { dataPoints: [{ count: 2, sum: 3, quantileValues: [{ quantile: 0.5, value: 1 }] }] },
  };
  const collector = await after(counterBody('c', [point(3n, 1, 2)]), metricBody(summary));
  expect(collector.metrics()).toMatchObject([
    {
      kind: 'sum',
      name: 'c',
      value: 3n,
      temporality: 'cumulative',
      monotonic: true,
      attributes,
      resource: { 'service.name': 'gateway' },
      scope: { name: 'test', version: '' },
      startTimeUnixNano: 1n,
      timeUnixNano: 2n,
      request: { index: 0 },
    },
    { kind: 'summary', count: 2n, sum: 3, quantiles: [{ quantile: 0.5, value: 1 }] },
  ]);
  expect(collector.metrics({ kind: 'summary' })).toHaveLength(1);
  expect(collector.metrics({ attributes })).toHaveLength(1);
});

test('describes what arrived without letting it steer the terminal', async () => {
  const collector = await after(counterBody('c\u001B[2J', [point(3n, 1, 2)]));
  await using again = await TestCollector.start();
  await send(again.url, { body: '\u001B[2J' });
  expect(collector.describe()).toContain('c�[2J{chain="base"} sum 3 cumulative');
  expect(again.describe()).toMatch(/malformed json body: .*�\[2J/);
});

test('has nothing before anything arrives', async () => {
  const collector = await after();
  expect(collector.sum('c')).toBe(0n);
  expect(collector.latency('c')).toBeUndefined();
  expect(collector.gauge('c')).toBeUndefined();
  expect(collector.resource()).toBeUndefined();
  expect(collector.describe()).toBe('no request was received');
});
