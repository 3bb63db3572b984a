import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../attributes.ts';
import type { Point } from '../snapshot/point.ts';
import { TelemetryHandle, type TelemetryHandleOptions } from '../index.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { ScriptedExporter, failed } from '../testing/scripted-exporter.ts';

/** Less than the wait before a second try: each flush tries once. */
const shortMs = 100;

interface Setup {
  readonly telemetry: TelemetryHandle;
  readonly exporter: ScriptedExporter;
  readonly clock: ManualClock;
}

function setUp(options: Partial<TelemetryHandleOptions> = {}): Setup {
  const exporter = new ScriptedExporter();
  const clock = new ManualClock();
  const telemetry = new TelemetryHandle({
    exporter,
    clock,
    timeoutMs: shortMs,
    cardinalityLimit: 3,
    idleFlushesBeforeRetirement: 2,
    ...options,
  });
  return { telemetry, exporter, clock };
}

/** Flushes some times, a second apart. */
async function flushes({ telemetry, clock }: Setup, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    clock.advance(1000);
    await telemetry.flush({ force: true });
  }
}

function attributesOf(telemetry: TelemetryHandle): readonly Attributes[] {
  return Array.from(telemetry.snapshot().points, (point) => ({ ...point.series.attributes }));
}

function pointOf(telemetry: TelemetryHandle, user: string): Point | undefined {
  return [...telemetry.snapshot().points].find((point) => point.series.attributes['user'] === user);
}

const overflow = { 'otel.metric.overflow': true };

/** What counts 1 in a series, in each way in which that is kept. */
const kinds = ['a counter', 'explicit buckets', 'exponential buckets'] as const;

function setUpKind(kind: (typeof kinds)[number]): Setup & { recordOf(user: string): void } {
  const setup = setUp({ latencyHistogram: kind === 'exponential buckets' ? 'exponential' : 'explicit' });
  const recordOf = (user: string) =>
    kind === 'a counter'
      ? setup.telemetry.recordCounter('c', 1, { user })
      : setup.telemetry.recordLatencyMs('p', 1, { user });
  return { ...setup, recordOf };
}

describe('a metric that has reached its limit', () => {
  it.each(kinds)('lets go of idle series of %s, and only then', async (kind) => {
    const setup = setUpKind(kind);
    const { telemetry, recordOf } = setup;
    for (const user of ['a', 'b', 'c']) recordOf(user);
    expect(attributesOf(telemetry)).toEqual([{ user: 'a' }, { user: 'b' }, overflow]);
    await flushes(setup, 1);
    for (let i = 0; i < 2; i++) {
      recordOf('b');
      await flushes(setup, 1);
    }
    await flushes(setup, 1);
    expect(attributesOf(telemetry)).toEqual([{ user: 'b' }, overflow]);
    recordOf('d');
    expect(attributesOf(telemetry)).toEqual([{ user: 'b' }, overflow, { user: 'd' }]);
    expect(telemetry.account()).toMatchObject({ recorded: 6n, accepted: 5n, pending: 1n });
  });

  it.each([
    { flushesOfB: 2, kept: [overflow, { user: 'd' }] },
    { flushesOfB: 3, kept: [{ user: 'b' }, overflow, { user: 'd' }] },
  ])(
    'remembers how long a series was idle when others make room: $flushesOfB',
    async ({ flushesOfB, kept }) => {
      const setup = setUp();
      const { telemetry } = setup;
      for (const user of ['a', 'b', 'c']) telemetry.recordCounter('c', 1, { user });
      for (let flush = 1; flush <= 3; flush++) {
        if (flush <= flushesOfB) telemetry.recordCounter('c', 1, { user: 'b' });
        await flushes(setup, 1);
      }
      // The fourth lets go of a, and so does the fifth of b, if it was idle for as long.
      await flushes(setup, 1);
      telemetry.recordCounter('c', 1, { user: 'd' });
      expect(attributesOf(telemetry)).toEqual([{ user: 'b' }, overflow, { user: 'd' }]);
      await flushes(setup, 1);
      expect(attributesOf(telemetry)).toEqual(kept);
    },
  );

  it('keeps series that are idle while it has room', async () => {
    const setup = setUp();
    setup.telemetry.recordCounter('c', 1, { user: 'a' });
    await flushes(setup, 10);
    expect(attributesOf(setup.telemetry)).toEqual([{ user: 'a' }]);
  });

  it.each(kinds)('never lets go of what is not delivered of %s', async (kind) => {
    const setup = setUpKind(kind);
    const { telemetry, exporter, recordOf } = setup;
    for (const user of ['a', 'b', 'c']) recordOf(user);
    await flushes(setup, 3);
    recordOf('a');
    exporter.next(failed('ambiguous'));
    await flushes(setup, 1);
    expect(attributesOf(telemetry)).toEqual([{ user: 'a' }, overflow]);
    await flushes(setup, 1);
    expect(telemetry.account()).toMatchObject({ recorded: 4n, accepted: 4n });
  });

  it('lets a bound handle of a series that is gone begin it anew, after where it ended', async () => {
    const setup = setUp();
    const { telemetry, exporter } = setup;
    const counter = telemetry.counter('c', { attributes: { user: 'a' } });
    const latency = telemetry.latency('p', { attributes: { user: 'a' } });
    counter.add(5);
    latency.record(5);
    for (const user of ['b', 'c']) {
      telemetry.recordCounter('c', 1, { user });
      telemetry.recordLatencyMs('p', 1, { user });
    }
    await flushes(setup, 4);
    expect(pointOf(telemetry, 'a')).toBeUndefined();
    const endedAt = exporter.snapshots.at(-2)?.timeUnixNano ?? 0n;
    counter.add(7);
    latency.record(7);
    const point = pointOf(telemetry, 'a');
    expect(point).toMatchObject({ type: 'sum', total: 7 });
    expect(point?.type === 'sum' && point.startTimeUnixNano).toBeGreaterThanOrEqual(endedAt);
    expect(telemetry.snapshot().latency('p', { user: 'a' })).toMatchObject({ count: 1, sum: 7 });
    await flushes(setup, 1);
    expect(telemetry.account()).toMatchObject({ recorded: 18n, accepted: 18n });
  });

  it('moves a series that stays, with the handles that are bound to it', async () => {
    const setup = setUp();
    const { telemetry } = setup;
    for (const user of ['a', 'b', 'c']) {
      telemetry.recordCounter('c', 1, { user });
      telemetry.recordLatencyMs('p', 1, { user });
      telemetry.recordGauge('g', 1, { user });
      telemetry.upDownCounter('u', { attributes: { user } }).add(0);
    }
    const attributes = { user: 'b' };
    const [counter, latency] = [
      telemetry.counter('c', { attributes }),
      telemetry.latency('p', { attributes }),
    ];
    const [gauge, upDown] = [
      telemetry.gauge('g', { attributes }),
      telemetry.upDownCounter('u', { attributes }),
    ];
    for (let i = 1; i <= 5; i++) {
      counter.add(10);
      latency.record(10);
      gauge.set(10 * i);
      upDown.add(10);
      await flushes(setup, 1);
    }
    const snapshot = telemetry.snapshot();
    expect(snapshot.gauge('g', { user: 'a' })).toBeUndefined();
    expect(snapshot.total('c', attributes)).toBe(51n);
    expect(snapshot.gauge('g', attributes)).toBe(50);
    expect(snapshot.total('u', attributes)).toBe(50n);
    expect(telemetry.account().byName.get('c')).toMatchObject({ recorded: 53n, accepted: 53n });
    expect(telemetry.account().byName.get('p')).toMatchObject({ recorded: 8n, accepted: 8n });
  });

  it('gives a handle that was bound while it was full a series of its own once there is room', async () => {
    const setup = setUp();
    const { telemetry } = setup;
    for (const user of ['a', 'b']) telemetry.recordCounter('c', 1, { user });
    const late = telemetry.counter('c', { attributes: { user: 'late' } });
    late.add(1);
    late.add(1);
    expect(telemetry.snapshot().total('c', overflow)).toBe(2n);
    await flushes(setup, 4);
    late.add(1);
    expect(telemetry.snapshot().total('c', { user: 'late' })).toBe(1n);
    expect(telemetry.snapshot().total('c', overflow)).toBe(2n);
  });

  it('gives one of any kind its own series then, and counts what it recorded before as overflowed', async () => {
    const setup = setUp();
    const { telemetry } = setup;
    for (const user of ['a', 'b', 'c']) {
      const options = { attributes: { user } };
      telemetry.latency('p', options).record(1);
      telemetry.histogram('h', options).record(1);
      telemetry.gauge('g', options).set(1);
      telemetry.upDownCounter('u', options).add(0);
    }
    const options = { attributes: { user: 'late' } };
    const [latency, histogram] = [telemetry.latency('p', options), telemetry.histogram('h', options)];
    const [gauge, upDown] = [telemetry.gauge('g', options), telemetry.upDownCounter('u', options)];
    const record = (): void => {
      latency.record(2);
      histogram.record(-3);
      gauge.set(4);
      upDown.add(5);
    };
    record();
    record();
    expect(telemetry.overflowedRecords()).toEqual(new Map(['p', 'h', 'g', 'u'].map((name) => [name, 3])));
    await flushes(setup, 4);
    record();
    record();
    const snapshot = telemetry.snapshot();
    expect(snapshot.latency('p', { user: 'late' })).toMatchObject({ count: 2, sum: 4 });
    expect(snapshot.latency('h', { user: 'late' })).toMatchObject({ count: 2, sum: -6 });
    expect(snapshot.gauge('g', { user: 'late' })).toBe(4);
    expect(snapshot.total('u', { user: 'late' })).toBe(10n);
    expect(telemetry.overflowedRecords()).toEqual(new Map(['p', 'h', 'g', 'u'].map((name) => [name, 3])));
  });

  it('leaves snapshots that were taken before as they were', async () => {
    const setup = setUp();
    const { telemetry } = setup;
    for (const user of ['a', 'b', 'c']) telemetry.recordCounter('c', 1, { user });
    const before = telemetry.snapshot();
    const json = JSON.stringify(before);
    await flushes(setup, 4);
    telemetry.recordCounter('c', 8, { user: 'd' });
    expect(JSON.stringify(before)).toBe(json);
    expect(before.total('c', { user: 'a' })).toBe(1n);
    expect(before.total('c', { user: 'd' })).toBe(0n);
    expect(telemetry.snapshot().total('c', { user: 'd' })).toBe(8n);
  });

  it('keeps an up-down counter that is not at 0, and what others watch over', async () => {
    const setup = setUp();
    const { telemetry } = setup;
    const users = ['a', 'b', 'c'];
    for (const user of users)
      telemetry.upDownCounter('u', { attributes: { user } }).add(user === 'a' ? 1 : 0);
    telemetry.observe('o', () => users.map((user) => ({ value: 7, attributes: { user } })), {
      kind: 'counter',
    });
    await flushes(setup, 5);
    expect(attributesOf(telemetry)).toEqual([
      { user: 'a' },
      overflow,
      { user: 'a' },
      { user: 'b' },
      overflow,
    ]);
  });

  it('lets go of idle series also when it is delivered in several requests', async () => {
    const setup = setUp();
    const { telemetry, exporter } = setup;
    for (const user of ['a', 'b', 'c']) telemetry.recordCounter('c', 1, { user });
    for (let i = 0; i < 4; i++) {
      const accepted = { outcome: { status: 'accepted' } } as const;
      exporter.next({
        parts: [
          { from: 0, to: 1, ...accepted },
          { from: 1, to: 3, ...accepted },
        ],
      });
      await flushes(setup, 1);
    }
    expect(attributesOf(telemetry)).toEqual([overflow]);
  });

  it('keeps what of others was not delivered with the series that it was recorded in', async () => {
    const setup = setUp();
    const { telemetry, exporter } = setup;
    for (const user of ['a', 'b', 'c']) telemetry.recordLatencyMs('p', 1, { user });
    for (let i = 0; i < 3; i++) {
      await flushes(setup, 1);
      telemetry.recordLatencyMs('p', 2, { user: 'b' });
    }
    telemetry.recordLatencyMs('p', 3, { user: 'a' });
    exporter.next({
      parts: [
        { from: 0, to: 1, outcome: { status: 'accepted' } },
        { from: 1, to: 3, outcome: failed('not-delivered') },
      ],
    });
    await flushes(setup, 1);
    // Series a has been idle for long enough, and is delivered now.
    exporter.next(failed('not-delivered'));
    await flushes(setup, 1);
    const snapshot = telemetry.snapshot();
    expect(attributesOf(telemetry)).toEqual([{ user: 'b' }, overflow]);
    expect(snapshot.latency('p', { user: 'b' })).toMatchObject({ count: 1, sum: 2, min: 2, max: 2 });
    // Its window is open since the third flush, the last that delivered it.
    expect(pointOf(telemetry, 'b')).toMatchObject({
      windowStartTimeUnixNano: exporter.snapshots[2]?.timeUnixNano,
    });
    expect(snapshot.latency('p', overflow)).toMatchObject({
      count: 0,
      sum: 0,
      min: undefined,
      max: undefined,
    });
  });

  it('says how many records the overflow series took', () => {
    const { telemetry } = setUp();
    for (let user = 0; user < 10; user++) telemetry.recordCounter('c', 100, { user });
    telemetry.recordGauge('g', 1);
    expect(telemetry.overflowedRecords()).toEqual(new Map([['c', 8]]));
  });
});

it('stays bounded and exact over a million distinct sets of attributes and many flushes', async () => {
  const { telemetry } = setUp({ cardinalityLimit: 500, idleFlushesBeforeRetirement: 1 });
  const heldBefore = memoryHeld();
  for (let i = 0; i < 1_000_000; i++) {
    telemetry.recordCounter('c', 1, { request: i, ['k' + (i % 7)]: 'x' });
    if (i % 50_000 === 0) await telemetry.flush({ force: true });
  }
  await telemetry.flush({ force: true });
  const snapshot = telemetry.snapshot();
  expect(snapshot.points.length).toBeLessThanOrEqual(500);
  expect(telemetry.account()).toMatchObject({ recorded: 1_000_000n, accepted: 1_000_000n });
  expect(memoryHeld() - heldBefore).toBeLessThan(20 * 2 ** 20);
});

/** The bytes that are in use once what is not has been collected. */
function memoryHeld(): number {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
