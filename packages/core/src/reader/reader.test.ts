import { describe, expect, it } from 'vitest';
import type { ExportOptions, ExportReport } from '../exporter.ts';
import type { SumPoint } from '../snapshot/point.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { TelemetryError } from '../telemetry-error.ts';
import { TelemetryHandle } from '../telemetry-handle.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { ScriptedExporter, failed } from '../testing/scripted-exporter.ts';

/** Less than the wait before a second try: each flush tries once. */
const shortMs = 100;

interface Setup {
  readonly telemetry: TelemetryHandle;
  readonly exporter: ScriptedExporter;
  readonly clock: ManualClock;
}

function setUp(): Setup {
  const exporter = new ScriptedExporter();
  const clock = new ManualClock();
  return { telemetry: new TelemetryHandle({ exporter, clock, timeoutMs: shortMs }), exporter, clock };
}

describe('a flush', () => {
  it('clears what was accepted', async () => {
    const { telemetry } = setUp();
    telemetry.recordCounter('c', 2);
    telemetry.recordLatencyMs('p', 5);
    const result = await telemetry.flush({ force: true });
    expect(result.ok && result.value.snapshot.counter('c')).toBe(2n);
    expect(result.ok && result.value.snapshot.latency('p')).toMatchObject({ count: 1, sum: 5 });
    telemetry.recordCounter('c', 3);
    telemetry.recordLatencyMs('p', 7);
    const snapshot = telemetry.snapshot();
    expect([snapshot.counter('c'), snapshot.total('c')]).toEqual([3n, 5n]);
    expect(snapshot.latency('p')).toMatchObject({ count: 1, sum: 7, min: 7, max: 7 });
    expect(snapshot.points.at(1)).toHaveProperty(
      'total',
      expect.objectContaining({ count: 2, sum: 12, min: 5, max: 7 }),
    );
  });

  it('sends nothing when there is nothing, and everything again afterwards', async () => {
    const { telemetry, exporter } = setUp();
    expect(await telemetry.flush({ force: true })).toMatchObject({ ok: true, value: { warnings: [] } });
    expect(exporter.snapshots).toHaveLength(0);
    telemetry.recordCounter('c', 1);
    await telemetry.flush({ force: true });
    await telemetry.flush({ force: true });
    expect(exporter.snapshots.map((snapshot) => snapshot.total('c'))).toEqual([1n, 1n]);
  });

  it('passes on what the collector said besides', async () => {
    const { telemetry, exporter } = setUp();
    telemetry.recordCounter('c', 1);
    exporter.next({ status: 'accepted', warning: 'slow down' });
    expect(await telemetry.flush({ force: true })).toMatchObject({
      ok: true,
      value: { warnings: ['slow down'] },
    });
  });

  it.each(['not-delivered', 'refused', 'ambiguous', 'rejected'] as const)(
    'keeps everything when the outcome is %s',
    async (status) => {
      const { telemetry, exporter } = setUp();
      telemetry.recordCounter('c', 2);
      telemetry.recordLatencyMs('p', 5);
      exporter.next(failed(status));
      expect(await telemetry.flush({ force: true })).toMatchObject({
        ok: false,
        error: { name: 'FlushError', code: 'TEST_FAILURE', outcome: status, kept: true },
      });
      expect(telemetry.account()).toMatchObject({ recorded: 3n, pending: 3n, accepted: 0n });
      telemetry.recordCounter('c', 3);
      telemetry.recordLatencyMs('p', 1);
      const next = await telemetry.flush({ force: true });
      expect(next.ok && next.value.snapshot.counter('c')).toBe(5n);
      expect(next.ok && next.value.snapshot.latency('p')).toMatchObject({ count: 2, sum: 6, min: 1, max: 5 });
      expect(telemetry.account()).toMatchObject({ recorded: 7n, pending: 0n, accepted: 7n });
    },
  );

  it('counts what was taken in part as unattributed, until running totals are accepted whole', async () => {
    const { telemetry, exporter } = setUp();
    telemetry.recordCounter('c', 2);
    exporter.next({ status: 'partial', rejectedDataPoints: 1, message: 'too old' });
    expect(await telemetry.flush({ force: true })).toMatchObject({
      ok: false,
      error: {
        code: 'PARTIAL_SUCCESS',
        outcome: 'partial',
        kept: false,
        rejectedDataPoints: 1,
        message: expect.stringContaining('too old'),
      },
    });
    telemetry.recordCounter('c', 3);
    expect(telemetry.snapshot().counter('c')).toBe(3n);
    expect(telemetry.account()).toMatchObject({ recorded: 5n, unattributed: 2n, pending: 3n, accepted: 0n });
    await telemetry.flush({ force: true });
    expect(telemetry.account()).toMatchObject({ recorded: 5n, unattributed: 0n, pending: 0n, accepted: 5n });
  });

  it('settles each range of points for itself', async () => {
    const { telemetry, exporter } = setUp();
    for (const chain of ['a', 'b', 'c']) telemetry.recordCounter('c', 1, { chain });
    for (const chain of ['a', 'b']) telemetry.recordLatencyMs('p', 5, { chain });
    const refused = failed('refused');
    exporter.next({
      parts: [
        { from: 4, to: 5, outcome: { status: 'partial', rejectedDataPoints: 1, message: '' } },
        { from: 0, to: 1, outcome: { status: 'accepted' } },
        { from: 1, to: 4, outcome: 'parts' in refused ? { status: 'accepted' } : refused },
      ],
    });
    expect(await telemetry.flush({ force: true })).toMatchObject({
      ok: false,
      error: { code: 'TEST_FAILURE', kept: false },
    });
    expect(telemetry.account()).toMatchObject({ recorded: 5n, accepted: 1n, pending: 3n, unattributed: 1n });
    const snapshot = telemetry.snapshot();
    expect(['a', 'b', 'c'].map((chain) => snapshot.counter('c', { chain }))).toEqual([0n, 1n, 1n]);
    expect(snapshot.latency('p', { chain: 'a' })).toMatchObject({ count: 1, sum: 5, min: 5 });
    expect(snapshot.latency('p', { chain: 'b' })).toMatchObject({ count: 0, sum: 0, min: undefined });
    await telemetry.flush({ force: true });
    expect(telemetry.account()).toMatchObject({ recorded: 5n, accepted: 5n, pending: 0n, unattributed: 0n });
  });

  it('takes what was recorded while it is under way for the next', async () => {
    const { telemetry, exporter } = setUp();
    const answer = Promise.withResolvers<ExportReport>();
    exporter.next(() => answer.promise);
    telemetry.recordCounter('c', 1);
    telemetry.recordLatencyMs('p', 1);
    const flushed = telemetry.flush({ force: true });
    telemetry.recordCounter('c', 2);
    telemetry.recordLatencyMs('p', 3);
    answer.resolve({ status: 'accepted' });
    const result = await flushed;
    expect(result.ok && result.value.snapshot.counter('c')).toBe(1n);
    expect(telemetry.snapshot().counter('c')).toBe(2n);
    expect(telemetry.snapshot().latency('p')).toMatchObject({ count: 1, sum: 3 });
  });

  it('never overlaps another; those that wait share one that covers all before them', async () => {
    const { telemetry, exporter } = setUp();
    const answer = Promise.withResolvers<ExportReport>();
    exporter.next(() => answer.promise);
    telemetry.recordCounter('c', 1);
    const first = telemetry.flush({ force: true });
    telemetry.recordCounter('c', 1);
    const second = telemetry.flush({ force: true });
    telemetry.recordCounter('c', 1);
    const third = telemetry.flush({ force: true });
    expect(exporter.snapshots).toHaveLength(1);
    answer.resolve({ status: 'accepted' });
    const results = await Promise.all([first, second, third]);
    expect(exporter.snapshots.map((snapshot) => snapshot.total('c'))).toEqual([1n, 3n]);
    expect(results[1]).toBe(results[2]);
  });

  it('never overlaps one that a listener asks for while another waits', async () => {
    const { telemetry, exporter } = setUp();
    let underWay = 0;
    let most = 0;
    for (let i = 0; i < 3; i++) {
      exporter.next(async () => {
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
        return { status: 'accepted' };
      });
    }
    let asked: Promise<unknown> | undefined;
    telemetry.onFlush(() => (asked ??= telemetry.flush()));
    telemetry.recordCounter('c', 1);
    await Promise.all([telemetry.flush(), telemetry.flush()]);
    await asked;
    expect([most, exporter.snapshots.length]).toEqual([1, 2]);
  });

  it('asks observers once, even those that flush or look themselves', async () => {
    const { telemetry, exporter } = setUp();
    let asked = 0;
    let another: Promise<unknown> | undefined;
    telemetry.recordCounter('c', 1);
    telemetry.observe('o', () => {
      asked += 1;
      another ??= telemetry.flush();
      return telemetry.snapshot().points.length;
    });
    await telemetry.flush();
    await another;
    expect(exporter.snapshots.map((snapshot) => snapshot.gauge('o'))).toEqual([1, 2]);
    expect(asked).toBe(2);
  });

  it.each<readonly [string, (snapshot: Snapshot, options: ExportOptions) => Promise<ExportReport>]>([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    ['reports nothing', () => Promise.resolve(undefined as unknown as ExportReport)],
    ['leaves out points', () => Promise.resolve({ parts: [] })],
  ])('takes an exporter that %s for an unknown outcome', async (_, answer) => {
    const { telemetry, exporter } = setUp();
    exporter.next(answer);
    telemetry.recordCounter('c', 1);
    expect(await telemetry.flush({ force: true })).toMatchObject({
      ok: false,
      error: { code: 'EXPORTER_FAILED', kept: true },
    });
    expect(telemetry.account()).toMatchObject({ pending: 1n });
  });

  it.each([{}, { status: 'lost' }, { status: 'refused' }, { status: 'partial' }])(
    'takes the report %j for an unknown outcome',
    async (report) => {
      const { telemetry, exporter } = setUp();
      exporter.next(report as unknown as ExportReport);
      telemetry.recordCounter('c', 1);
      expect(await telemetry.flush()).toMatchObject({
        ok: false,
        error: { code: 'EXPORTER_FAILED', kept: true },
      });
    },
  );

  it('never begins an up-down counter anew, however large it is', async () => {
    const { telemetry, exporter, clock } = setUp();
    const total = 2n ** 62n + 1n;
    telemetry.upDownCounter('u').add(total);
    for (let i = 0; i < 2; i++) {
      clock.advance(1000);
      await telemetry.flush();
    }
    const points = exporter.snapshots.map((snapshot) => snapshot.points.at(0) as SumPoint);
    expect(points.map((point) => point.total)).toEqual([total, total]);
    expect(points[1]?.startTimeUnixNano).toBe(points[0]?.startTimeUnixNano);
  });

  it('is not repeated at once when the first part of a large counter was taken in part', async () => {
    const { telemetry, exporter } = setUp();
    telemetry.recordCounter('c', 2n ** 63n + 5n);
    exporter.next({ status: 'partial', rejectedDataPoints: 1, message: '' });
    expect(await telemetry.flush()).toMatchObject({ ok: false, error: { code: 'PARTIAL_SUCCESS' } });
    expect(exporter.snapshots).toHaveLength(1);
  });

  it('takes time-outs of any size', async () => {
    const exporter = new ScriptedExporter();
    const telemetry = new TelemetryHandle({ exporter });
    telemetry.recordCounter('c', 1);
    for (const timeoutMs of [2 ** 31, Infinity, Number.NaN]) {
      expect(await telemetry.flush({ timeoutMs })).toMatchObject({ ok: true });
    }
    expect(await telemetry.shutdown({ timeoutMs: Infinity })).toMatchObject({ ok: true });
  });

  it('tells the exporter when its time is over, and soon goes on without one that does not listen', async () => {
    const { telemetry, exporter, clock } = setUp();
    let signal: AbortSignal | undefined;
    exporter.next((_, options) => {
      ({ signal } = options);
      return new Promise(() => {});
    });
    telemetry.recordCounter('c', 1);
    const flushed = telemetry.flush({ timeoutMs: 100, force: true });
    clock.advance(99);
    expect(signal?.aborted).toBe(false);
    clock.advance(1);
    expect(signal?.aborted).toBe(true);
    clock.advance(250);
    expect(await flushed).toMatchObject({ ok: false, error: { code: 'EXPORTER_FAILED', kept: true } });
    expect(clock.timers).toHaveLength(0);
  });
});

function breaks(): never {
  throw new Error('broken');
}

describe('a synchronous flush', () => {
  it('settles what the exporter says before it returns', () => {
    const exporter = Object.assign(new ScriptedExporter(), {
      exportSync: (snapshot: Snapshot): ExportReport =>
        snapshot.total('c') === 1n ? { status: 'accepted' } : failed('ambiguous'),
    });
    const telemetry = new TelemetryHandle({ exporter });
    telemetry.recordCounter('c', 1);
    expect(telemetry.flushSync()).toMatchObject({ ok: true });
    telemetry.recordCounter('c', 1);
    expect(telemetry.flushSync()).toMatchObject({ ok: false, error: { kept: true } });
    expect(telemetry.account()).toMatchObject({ recorded: 2n, accepted: 1n, pending: 1n });
  });

  it('is not there when the exporter can not do it, and never throws', () => {
    const { telemetry } = setUp();
    telemetry.recordCounter('c', 1);
    expect(telemetry.flushSync()).toBeUndefined();
    const broken = new TelemetryHandle({
      exporter: Object.assign(new ScriptedExporter(), { exportSync: breaks }),
    });
    broken.recordCounter('c', 1);
    expect(broken.flushSync()).toMatchObject({ ok: false, error: { code: 'EXPORTER_FAILED' } });
  });
});

describe('windows', () => {
  it('adjoin and never run backwards, whatever the wall clock does', async () => {
    const { telemetry, exporter, clock } = setUp();
    telemetry.recordCounter('c', 1);
    for (const stepMs of [1000, -3_600_000, 0, 7_200_000, -1]) {
      clock.wallMs += stepMs;
      await telemetry.flush({ force: true });
    }
    const { snapshots } = exporter;
    for (const [i, snapshot] of snapshots.entries()) {
      expect(snapshot.timeUnixNano).toBeGreaterThan(snapshot.startTimeUnixNano);
      if (i > 0) expect(snapshot.startTimeUnixNano).toBe(snapshots[i - 1]?.timeUnixNano);
    }
  });

  it('end in a millisecond of their own, however fast they follow', async () => {
    const { telemetry, exporter, clock } = setUp();
    for (const stepMs of [0, 0, -3_600_000, 0.25, 0.25]) {
      clock.wallMs += stepMs;
      telemetry.recordCounter('c', 1);
      await telemetry.flush({ force: true });
    }
    const milliseconds = exporter.snapshots.map(({ timeUnixNano }) => timeUnixNano / 1_000_000n);
    expect(new Set(milliseconds).size).toBe(5);
    expect(Number(milliseconds.at(-1))).toBeLessThanOrEqual(clock.wallMs + 3_600_005);
  });

  it('reach back to the last delivery', async () => {
    const { telemetry, exporter, clock } = setUp();
    const began = BigInt(clock.wallMs) * 1_000_000n;
    telemetry.recordCounter('c', 1);
    exporter.next(failed('ambiguous'));
    clock.advance(10);
    await telemetry.flush({ force: true });
    clock.advance(10);
    await telemetry.flush({ force: true });
    expect(exporter.snapshots[1]?.startTimeUnixNano).toBe(began);
  });

  it('start a series where the window of its first record starts', async () => {
    const { telemetry, clock } = setUp();
    clock.advance(10);
    telemetry.recordCounter('c', 1);
    await telemetry.flush({ force: true });
    const flushedAt = BigInt(clock.wallMs) * 1_000_000n;
    clock.advance(10);
    telemetry.recordCounter('c', 1);
    telemetry.recordCounter('d', 1);
    const starts = Array.from(
      telemetry.snapshot().points,
      (point) => point.type === 'sum' && point.startTimeUnixNano,
    );
    expect(starts).toEqual([flushedAt - 10_000_000n, flushedAt]);
  });
});

describe('the listeners', () => {
  it('get the result of every flush until they are taken off, and harm nothing by throwing', async () => {
    const warnings: string[] = [];
    const exporter = new ScriptedExporter();
    const telemetry = new TelemetryHandle({
      exporter,
      clock: new ManualClock(),
      timeoutMs: shortMs,
      warn: (message) => warnings.push(message),
    });
    const seen: boolean[] = [];
    telemetry.onFlush(() => {
      throw new Error('listener');
    });
    const stop = telemetry.onFlush((result) => seen.push(result.ok));
    telemetry.recordCounter('c', 1);
    await telemetry.flush({ force: true });
    exporter.next({ status: 'rejected', error: new TelemetryError('X', 'x') });
    await telemetry.flush({ force: true });
    stop();
    await telemetry.flush({ force: true });
    expect(seen).toEqual([true, false]);
    expect(warnings).toHaveLength(3);
  });
});
