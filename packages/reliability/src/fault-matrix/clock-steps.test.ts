import { describe, expect, it } from 'vitest';
import { everyWay } from '../testing/play-fault.ts';
import { HandClock } from '../testing/hand-clock.ts';
import { Rig } from '../testing/rig.ts';

const hourMs = 3_600_000;

interface Window {
  readonly start: bigint;
  readonly end: bigint;
}

/** The windows of each series of a sum or a histogram, in the order they came. */
function windowsOf({ collector }: Rig): Window[][] {
  const points = collector.metrics().filter(({ kind }) => kind !== 'gauge');
  const bySeries = Map.groupBy(points, ({ name, attributes }) => JSON.stringify([name, attributes]));
  return [...bySeries.values()].map((series) =>
    series.map(({ startTimeUnixNano: start, timeUnixNano: end }) => ({ start, end })),
  );
}

describe.each(everyWay)('%s windows as %s', (temporality, protocol) => {
  it.each([
    ['forward', [hourMs]],
    ['back', [-hourMs]],
    ['forward and back', [hourMs, -hourMs, hourMs, -2 * hourMs]],
    ['back and forth', [-hourMs, hourMs, -2 * hourMs, 3 * hourMs]],
  ])('adjoin and never run backwards when the clock steps %s an hour', async (_title, steps) => {
    const clock = new HandClock();
    await using rig = await Rig.start({ temporality, protocol, clock });
    rig.workload.recordRound();
    await rig.deliver();
    for (const step of steps) {
      clock.wallOffsetMs += step;
      rig.workload.recordRound();
      await rig.deliver();
      rig.checkAccount({ accepted: rig.workload.recorded });
    }
    rig.checkCollectedAll();
    for (const windows of windowsOf(rig)) {
      expect(windows).toHaveLength(steps.length + 1);
      for (const [i, { start, end }] of windows.entries()) {
        expect(end).toBeGreaterThan(start);
        const before = windows[i - 1];
        if (before === undefined) continue;
        expect(end).toBeGreaterThan(before.end);
        expect(start).toBe(temporality === 'delta' ? before.end : before.start);
      }
    }
  });
});

it.each([-hourMs, hourMs / 2])(
  'sends a frozen window as it was though the clock stepped by %d ms',
  async (step) => {
    const clock = new HandClock();
    await using rig = await Rig.start({ temporality: 'delta', clock });
    rig.collector.script([{ do: 'reset', when: 'after-body', store: true }]);
    rig.workload.recordRound();
    await rig.failToFlush();
    clock.wallOffsetMs += step;
    rig.workload.recordRound();
    await rig.deliver();
    expect(rig.collector.requests[1]?.rawBody).toEqual(rig.collector.requests[0]?.rawBody);
    rig.checkAccount({ accepted: rig.workload.recorded });
    rig.checkCollectedAll();
  },
);

it.each([-hourMs, hourMs])('keeps to a Retry-After though the clock is off by %d ms', async (offMs) => {
  const clock = new HandClock();
  clock.wallOffsetMs = offMs;
  await using rig = await Rig.start({ clock });
  rig.collector.script([{ do: 'answer', status: 503, retryAfter: 30 }]);
  rig.workload.recordRound();
  await rig.failToFlush();
  const { nextRequestInMs } = rig.telemetry.status();
  expect(nextRequestInMs).toBeGreaterThan(20_000);
  expect(nextRequestInMs).toBeLessThanOrEqual(30_000);
});

describe('what is older than max-window-age-ms', () => {
  it.each([
    ['a frozen window', { do: 'reset', when: 'after-body' }],
    ['an undelivered window', { do: 'answer', status: 401 }],
  ] as const)('is given up, counted and reported, as %s of deltas', async (_title, step) => {
    const clock = new HandClock();
    const config = { maxWindowAgeMs: hourMs };
    await using rig = await Rig.start({ temporality: 'delta', clock, config });
    rig.collector.script([step]);
    const old = rig.workload.recordRound();
    await rig.failToFlush();
    clock.skip(hourMs + 1);
    const fresh = rig.workload.recordRound();
    expect((await rig.failToFlush()).error).toMatchObject({ code: 'WINDOW_DROPPED', kept: false });
    rig.checkAccount({ dropped: old, accepted: fresh });
    expect(rig.collected).toBe(fresh);
    rig.workload.recordRound();
    await rig.deliver();
    rig.checkAccount({ dropped: old, accepted: rig.workload.recorded - old });
  });

  it.each([
    ['a frozen window', { do: 'reset', when: 'after-body' }],
    ['an undelivered window', { do: 'answer', status: 401 }],
  ] as const)('is so by time that went by, not by a clock that was set: %s', async (_title, step) => {
    const clock = new HandClock();
    const config = { maxWindowAgeMs: hourMs };
    await using rig = await Rig.start({ temporality: 'delta', clock, config });
    rig.collector.script([step, step]);
    const old = rig.workload.recordRound();
    await rig.failToFlush();
    // Forward: nothing is given up.
    clock.wallOffsetMs += 5 * hourMs;
    expect((await rig.failToFlush()).error.code).not.toBe('WINDOW_DROPPED');
    rig.checkAccount({ pending: old });
    // Back: it is given up all the same.
    clock.wallOffsetMs -= 20 * hourMs;
    clock.skip(hourMs + 1);
    const fresh = rig.workload.recordRound();
    expect((await rig.failToFlush()).error).toMatchObject({ code: 'WINDOW_DROPPED', kept: false });
    rig.checkAccount({ dropped: old, accepted: fresh });
  });

  it('is kept as running totals, which have no age', async () => {
    const clock = new HandClock();
    await using rig = await Rig.start({ clock, config: { maxWindowAgeMs: hourMs } });
    rig.collector.script([{ do: 'reset', when: 'after-body' }]);
    rig.workload.recordRound();
    await rig.failToFlush();
    clock.skip(10 * hourMs);
    await rig.deliver();
    rig.checkAccount({ accepted: rig.workload.recorded });
    rig.checkCollectedAll();
  });
});
