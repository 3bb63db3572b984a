import { describe, expect, it } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { ScriptedExporter } from '../testing/scripted-exporter.ts';
import { TelemetryHandle } from '../telemetry-handle.ts';

function makeHandle(): { telemetry: TelemetryHandle; clock: ManualClock } {
  const clock = new ManualClock();
  return { telemetry: new TelemetryHandle({ exporter: new ScriptedExporter(), clock }), clock };
}

it.each([
  [0, 0],
  [1, 0],
  [1.000_000_1, 1],
  [5, 1],
  [5.5, 2],
  [10, 2],
  [10.1, 3],
  [1e300, 3],
])('puts %d into bucket %d of upper-inclusive bounds', (value, bucket) => {
  const { telemetry } = makeHandle();
  expect(telemetry.latency('p', { boundsMs: [1, 5, 10] }).record(value)).toEqual({ ok: true });
  expect(telemetry.recordLatencyMs('p', value)).toEqual({ ok: true });
  const [point] = telemetry.snapshot().points;
  const bucketCounts = [0, 0, 0, 0].with(bucket, 2);
  expect(point).toMatchObject({ type: 'histogram', bounds: [1, 5, 10] });
  expect(point).toHaveProperty(
    'total',
    expect.objectContaining({ count: 2, sum: 2 * value, min: value, max: value }),
  );
  expect(point?.type === 'histogram' && [...point.total.bucketCounts]).toEqual(bucketCounts);
});

it.each<readonly [string, unknown]>([
  ['a negative number', -1],
  ['NaN', Number.NaN],
  ['infinity', Infinity],
  ['a bigint', 1n],
  ['a string', '1'],
  ['undefined', undefined],
])('refuses %s and changes nothing', (_, value) => {
  const { telemetry } = makeHandle();
  telemetry.recordLatencyMs('p', 1);
  telemetry.recordLatencyMs('p', 1, { chain: 'base' });
  for (const result of [
    telemetry.latency('p').record(value as number),
    telemetry.recordLatencyMs('p', value as number),
    telemetry.recordLatencyMs('p', value as number, { chain: 'base' }),
  ]) {
    expect(result).toMatchObject({ ok: false, error: { code: 'INVALID_VALUE' } });
  }
  expect(telemetry.snapshot().latency('p', { chain: 'base' })).toMatchObject({ count: 1, sum: 1 });
  expect(telemetry.snapshot().latency('p')).toMatchObject({ count: 1, sum: 1, min: 1, max: 1 });
});

it('takes values below 0 in a histogram, but only finite ones', () => {
  const { telemetry } = makeHandle();
  const histogram = telemetry.histogram('h', { bounds: [-1, 0], unit: '{tx}' });
  expect(histogram.record(-5)).toEqual({ ok: true });
  for (const value of [-Infinity, Number.NaN, '5', 5n, true, null, []] as number[])
    expect(histogram.record(value)).toMatchObject({ error: { code: 'INVALID_VALUE' } });
  expect(telemetry.snapshot().latency('h')).toMatchObject({ count: 1, sum: -5, min: -5, max: -5 });
});

it.each(['explicit', 'exponential'] as const)(
  'records thousands of values in a bound latency exactly, and what is refused between them changes nothing, with %s buckets',
  (latencyHistogram) => {
    const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter(), latencyHistogram });
    const latency = telemetry.latency('p');
    const one = telemetry.latency('p', { attributes: { chain: 'base' } });
    let sum = 0;
    for (let i = 1; i <= 5000; i++) {
      // Fractions whose sum depends on the order.
      expect(latency.record(i / 10)).toEqual({ ok: true });
      sum += i / 10;
      if (i % 7 === 0) expect(latency.record(-i)).toMatchObject({ error: { code: 'INVALID_VALUE' } });
      if (i % 128 === 0)
        expect(latency.record(Number.NaN)).toMatchObject({ error: { code: 'INVALID_VALUE' } });
      if (i % 1000 === 1) {
        one.record(i);
        expect(telemetry.snapshot().latency('p')).toMatchObject({ count: i, sum, min: 0.1, max: i / 10 });
      }
    }
    expect(telemetry.account().byName.get('p')?.recorded).toBe(5005n);
    expect(telemetry.snapshot().latency('p')?.quantile(0.5)).toBeCloseTo(250, -1);
    expect(telemetry.snapshot().latency('p', { chain: 'base' })).toMatchObject({ count: 5, max: 4001 });
  },
);

it('puts few values between two snapshots into the same buckets as many', () => {
  const { telemetry } = makeHandle();
  const boundsMs = [1, 5, 10];
  const latency = telemetry.latency('p', { boundsMs });
  const expected = { count: 0, sum: 0, min: 0.5, max: 0, bucketCounts: [0, 0, 0, 0] };
  for (let values = 1; values <= 12; values++) {
    for (let i = 1; i <= values; i++) {
      const value = i === 1 ? 0.5 : i * values * 0.25;
      latency.record(value);
      expected.count += 1;
      expected.sum += value;
      expected.max = Math.max(expected.max, value);
      const found = boundsMs.findIndex((bound) => value <= bound);
      const bucket = found < 0 ? boundsMs.length : found;
      expected.bucketCounts[bucket] = (expected.bucketCounts[bucket] ?? 0) + 1;
    }
    const [point] = telemetry.snapshot().points;
    if (point?.type !== 'histogram') throw new Error('expected a histogram');
    const { count, sum, min, max, bucketCounts } = point.total;
    expect({ count, sum, min, max, bucketCounts: [...bucketCounts] }).toEqual(expected);
  }
});

describe('time', () => {
  it('records how long a function took, and returns what it returns', () => {
    const { telemetry, clock } = makeHandle();
    const returned = telemetry.latency('p').time(() => {
      clock.advance(12);
      return 'done';
    });
    expect(returned).toBe('done');
    expect(telemetry.snapshot().latency('p')).toMatchObject({ count: 1, sum: 12 });
  });

  it('records an async function when it settles', async () => {
    const { telemetry, clock } = makeHandle();
    const gate = Promise.withResolvers<string>();
    const timed = telemetry.latency('p').time(() => gate.promise);
    clock.advance(30);
    expect(telemetry.snapshot().latency('p')).toBeUndefined();
    gate.resolve('done');
    await expect(timed).resolves.toBe('done');
    expect(telemetry.snapshot().latency('p')).toMatchObject({ count: 1, sum: 30 });
  });

  it('takes what has a `then` for a promise, and anything else for a value', async () => {
    const { telemetry, clock } = makeHandle();
    const latency = telemetry.latency('p');
    const thenable = {
      // oxlint-disable-next-line unicorn/no-thenable -- such things are what it is about
      then: (onFulfilled: (value: string) => unknown): Promise<unknown> => {
        clock.advance(7);
        return Promise.resolve('done').then(onFulfilled);
      },
    };
    expect(await latency.time(() => thenable as PromiseLike<string>)).toBe('done');
    expect(telemetry.snapshot().latency('p')).toMatchObject({ count: 1, sum: 7 });
    // oxlint-disable-next-line unicorn/no-thenable -- no function
    for (const value of [{ then: 1 }, null, undefined, 'then', Symbol('then')])
      expect(latency.time(() => value)).toBe(value);
    expect(telemetry.snapshot().latency('p')).toMatchObject({ count: 6, sum: 7 });
  });

  it('records and lets pass what is thrown or rejected', async () => {
    const { telemetry, clock } = makeHandle();
    const error = new Error('from the caller');
    const latency = telemetry.latency('p');
    const throwing = (): never => {
      clock.advance(1);
      throw error;
    };
    expect(() => latency.time(throwing)).toThrow(error);
    await expect(latency.time(async () => throwing())).rejects.toBe(error);
    expect(telemetry.snapshot().latency('p')).toMatchObject({ count: 2, sum: 2 });
  });
});

it('measures from start() to each call of what it returned', () => {
  const { telemetry, clock } = makeHandle();
  const done = telemetry.latency('p').start();
  clock.advance(5);
  done();
  clock.advance(5);
  expect(done()).toEqual({ ok: true });
  expect(telemetry.snapshot().latency('p')).toMatchObject({ count: 2, min: 5, max: 10 });
});
