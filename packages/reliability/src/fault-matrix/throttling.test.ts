import { describe, expect, it } from 'vitest';
import { HandClock, longMs } from '../testing/hand-clock.ts';
import { Rig } from '../testing/rig.ts';

const fiveMinutesMs = 5 * 60_000;

/** A rig whose collector answers the first flush so, and what that flush had. */
async function throttle(
  status: number,
  retryAfter: number | string | Date,
): Promise<{ readonly rig: Rig; readonly clock: HandClock; readonly body: Uint8Array | undefined }> {
  const clock = new HandClock();
  const rig = await Rig.start({ temporality: 'delta', clock });
  rig.collector.script([{ do: 'answer', status, retryAfter }]);
  rig.workload.recordRound();
  const { error } = await rig.failToFlush();
  expect(error).toMatchObject({ code: 'HTTP_STATUS', outcome: 'ambiguous', kept: true, attempts: 1 });
  rig.checkAccount({ pending: rig.workload.recorded });
  return { rig, clock, body: rig.collector.requests[0]?.rawBody };
}

async function deliverAgain(rig: Rig, body: Uint8Array | undefined): Promise<void> {
  rig.workload.recordRound();
  await rig.deliver();
  expect(rig.collector.requests).toHaveLength(3);
  expect(rig.collector.requests[1]?.rawBody).toEqual(body);
  rig.checkAccount({ accepted: rig.workload.recorded });
  rig.checkCollectedAll();
}

describe.each([429, 502, 503, 504])('after a %d with a Retry-After', (status) => {
  it.each<[string, () => number | string | Date, number]>([
    ['in seconds', () => 30, 30_000],
    ['as a date', () => new Date(Date.now() + 30_000), 30_000],
    ['that is huge, cut to five minutes', () => 10 ** 12, fiveMinutesMs],
    ['as a date that is far away, cut to five minutes', () => new Date('2999-01-01'), fiveMinutesMs],
  ])('%s no request comes before it, in any flush', async (_title, retryAfter, waitMs) => {
    const { rig, clock, body } = await throttle(status, retryAfter());
    await using _ = rig;
    // Dates have no fractions of seconds, and some time has gone by on the wall clock since.
    clock.skip(waitMs - 10_000);
    const { nextRequestInMs } = rig.telemetry.status();
    expect(nextRequestInMs).toBeGreaterThan(0);
    expect(nextRequestInMs).toBeLessThanOrEqual(10_000);
    expect((await rig.failToFlush()).error).toMatchObject({ code: 'BACKING_OFF', kept: true, attempts: 0 });
    expect(rig.collector.requests).toHaveLength(1);
    clock.skip(nextRequestInMs);
    await deliverAgain(rig, body);
  });

  it.each<[string, number | string]>([
    ['of 0', 0],
    ['of garbage', 'soon'],
    ['that is negative', -5],
    ['that is past', 'Mon, 23 Nov 2020 12:00:00 GMT'],
  ])('%s the next request waits for the backoff, unless it is forced', async (_title, retryAfter) => {
    const { rig, body } = await throttle(status, retryAfter);
    await using _ = rig;
    const { nextRequestInMs } = rig.telemetry.status();
    expect(nextRequestInMs).toBeGreaterThanOrEqual(800);
    expect(nextRequestInMs).toBeLessThanOrEqual(1200);
    const result = await rig.telemetry.flush({ timeoutMs: 500 });
    expect(result).toMatchObject({ ok: false, error: { code: 'BACKING_OFF', attempts: 0 } });
    expect(rig.collector.requests).toHaveLength(1);
    await deliverAgain(rig, body);
  });
});

describe('within one flush', () => {
  it('a Retry-After that fits is waited for, and the identical bytes go again', async () => {
    const clock = new HandClock({ passesWaits: true });
    await using rig = await Rig.start({ temporality: 'delta', clock });
    rig.collector.script([{ do: 'answer', status: 503, retryAfter: 40, times: 2 }]);
    rig.workload.recordRound();
    const result = await rig.telemetry.flush({ timeoutMs: longMs });
    expect(result).toMatchObject({ ok: true, value: { attempts: 3 } });
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(2 * 38_000);
    expect(new Set(rig.collector.requests.map(({ rawBody }) => String(rawBody))).size).toBe(1);
    rig.checkAccount({ accepted: rig.workload.recorded });
    rig.checkCollectedAll();
  });

  it('waits grow with each failure, spread by chance, and never beyond their limit', async () => {
    const clock = new HandClock({ passesWaits: true });
    await using rig = await Rig.start({ clock });
    const moments: number[] = [];
    rig.collector.onRequest(() => moments.push(clock.monotonicMs()));
    rig.collector.script([{ do: 'answer', status: 503, times: 14 }]);
    rig.workload.recordRound();
    expect(await rig.telemetry.flush({ timeoutMs: longMs })).toMatchObject({ ok: true });
    const waits = moments.slice(1).map((moment, i) => moment - (moments[i] ?? 0));
    expect(waits).toHaveLength(14);
    for (const [i, wait] of waits.entries()) {
      const middle = Math.min(1000 * 1.5 ** i, 30_000);
      expect(wait).toBeGreaterThanOrEqual(middle * 0.8);
      expect(wait).toBeLessThanOrEqual(middle * 1.2 + 1);
    }
    rig.checkCollectedAll();
  });
});
