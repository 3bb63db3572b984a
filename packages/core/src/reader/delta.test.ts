import { describe, expect, it } from 'vitest';
import type { ExportOptions, ExportOutcome, ExportReport, Exporter } from '../exporter.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { TelemetryHandle } from '../telemetry-handle.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { failed } from '../testing/scripted-exporter.ts';

interface Export {
  readonly snapshot: Snapshot;
  readonly ranges: ExportOptions['ranges'];
}

class DeltaExporter implements Exporter {
  readonly temporality = 'delta';
  readonly exports: Export[] = [];
  readonly reports: ExportReport[] = [];

  async export(snapshot: Snapshot, { ranges }: ExportOptions): Promise<ExportReport> {
    this.exports.push({ snapshot, ranges });
    return this.reports.shift() ?? { status: 'accepted' };
  }
}

function setUp(): { telemetry: TelemetryHandle; exporter: DeltaExporter; clock: ManualClock } {
  const exporter = new DeltaExporter();
  const clock = new ManualClock();
  const telemetry = new TelemetryHandle({ exporter, clock, timeoutMs: 100, maxWindowAgeMs: 10_000 });
  return { telemetry, exporter, clock };
}

const force = { force: true };

describe('a delta window', () => {
  it('is cleared once it is accepted, and the next begins where it ended', async () => {
    const { telemetry, exporter, clock } = setUp();
    telemetry.recordCounter('c', 5);
    clock.advance(10);
    await telemetry.flush();
    telemetry.recordCounter('c', 3);
    clock.advance(10);
    await telemetry.flush();
    const [first, second] = exporter.exports.map(({ snapshot }) => snapshot);
    expect(second?.points.at(0)).toMatchObject({ delta: 3, windowStartTimeUnixNano: first?.timeUnixNano });
    expect(telemetry.account()).toMatchObject({ recorded: 8n, accepted: 8n, pending: 0n });
  });

  it('merges into the next when nobody can have taken it', async () => {
    const { telemetry, exporter, clock } = setUp();
    const began = BigInt(clock.wallMs) * 1_000_000n;
    for (const status of ['not-delivered', 'refused'] as const) {
      telemetry.recordCounter('c', 5);
      telemetry.recordLatencyMs('p', 5);
      exporter.reports.push(failed(status));
      clock.advance(10);
      expect(await telemetry.flush(force)).toMatchObject({ ok: false, error: { kept: true } });
    }
    clock.advance(10);
    expect(await telemetry.flush(force)).toMatchObject({ ok: true });
    const last = exporter.exports.at(-1);
    expect(last?.ranges).toBeUndefined();
    expect(last?.snapshot.points.at(0)).toMatchObject({ delta: 10, windowStartTimeUnixNano: began });
    expect(last?.snapshot.latency('p')).toMatchObject({ count: 2, sum: 10 });
    expect(telemetry.account()).toMatchObject({ recorded: 12n, accepted: 12n });
  });

  it('is frozen when it may have been taken: it comes again as it was, before anything newer', async () => {
    const { telemetry, exporter } = setUp();
    telemetry.recordCounter('c', 5);
    exporter.reports.push(failed('ambiguous'));
    expect(await telemetry.flush()).toMatchObject({ ok: false, error: { outcome: 'ambiguous', kept: true } });
    telemetry.recordCounter('c', 3);
    expect(telemetry.account()).toMatchObject({ recorded: 8n, pending: 8n });
    exporter.reports.push(failed('not-delivered'));
    expect(await telemetry.flush(force)).toMatchObject({ ok: false });
    expect(exporter.exports).toHaveLength(2);
    expect(await telemetry.flush(force)).toMatchObject({ ok: true, value: { attempts: 2 } });
    const [first, second, third, fourth] = exporter.exports;
    expect(second?.snapshot).toBe(first?.snapshot);
    expect(third?.snapshot).toBe(first?.snapshot);
    expect(fourth?.snapshot.counter('c')).toBe(3n);
    expect(telemetry.account()).toMatchObject({ recorded: 8n, accepted: 8n, pending: 0n });
  });

  it('is settled range by range: what was settled is not sent again, and each series has its own window', async () => {
    const { telemetry, exporter, clock } = setUp();
    const began = BigInt(clock.wallMs) * 1_000_000n;
    for (const chain of ['a', 'b', 'c']) telemetry.recordCounter('c', 1, { chain });
    clock.advance(10);
    exporter.reports.push({
      parts: [
        { from: 0, to: 1, outcome: { status: 'accepted' } },
        { from: 1, to: 2, outcome: failed('ambiguous') },
        { from: 2, to: 3, outcome: failed('not-delivered') },
      ],
    });
    await telemetry.flush();
    const cutAt = exporter.exports[0]?.snapshot.timeUnixNano;
    expect(telemetry.account()).toMatchObject({ accepted: 1n, pending: 2n });
    for (const chain of ['a', 'b', 'c']) telemetry.recordCounter('c', 1, { chain });
    telemetry.recordCounter('c', 5, { chain: 'd' });
    clock.advance(10);
    expect(await telemetry.flush(force)).toMatchObject({ ok: true });
    expect(exporter.exports[1]).toMatchObject({ ranges: [{ from: 1, to: 2 }] });
    const points = Array.from(exporter.exports[2]?.snapshot.points ?? [], (point) =>
      point.type === 'sum' ? [point.delta, point.windowStartTimeUnixNano] : [],
    );
    expect(points).toEqual([
      [1, cutAt],
      [1, cutAt],
      [2, began],
      // A series that was new after that window.
      [5, cutAt],
    ]);
    expect(exporter.exports[2]?.snapshot.startTimeUnixNano).toBe(began);
    expect(telemetry.account()).toMatchObject({ recorded: 11n, accepted: 11n, pending: 0n });
  });

  it.each<readonly [string, ExportOutcome, object]>([
    ['rejected', failed('rejected'), { rejected: 5n }],
    [
      'taken in part',
      { status: 'partial', rejectedDataPoints: 1, sentDataPoints: 2, message: '' },
      { unattributed: 5n },
    ],
    [
      'rejected to the last point',
      { status: 'partial', rejectedDataPoints: 2, sentDataPoints: 2, message: '' },
      { rejected: 5n },
    ],
  ])('is counted and gone when it is %s', async (_, outcome, amounts) => {
    const { telemetry, exporter } = setUp();
    telemetry.recordCounter('c', 5);
    exporter.reports.push(outcome);
    expect(await telemetry.flush()).toMatchObject({
      ok: false,
      error: { kept: false, snapshot: expect.anything() },
    });
    expect(telemetry.account()).toMatchObject({ recorded: 5n, pending: 0n, ...amounts });
    telemetry.recordCounter('c', 1);
    await telemetry.flush(force);
    expect(exporter.exports[1]?.snapshot.counter('c')).toBe(1n);
    expect(telemetry.account()).toMatchObject({ recorded: 6n, accepted: 1n, ...amounts });
  });

  it.each(['ambiguous', 'not-delivered'] as const)(
    'is given up, counted and reported when it is %s for too long; what is newer is delivered',
    async (status) => {
      const { telemetry, exporter, clock } = setUp();
      telemetry.recordCounter('c', 5);
      telemetry.recordLatencyMs('p', 5);
      exporter.reports.push(failed(status));
      await telemetry.flush();
      clock.advance(5_000);
      telemetry.recordCounter('c', 3);
      telemetry.recordLatencyMs('p', 3);
      clock.advance(5_001);
      expect(await telemetry.flush()).toMatchObject({
        ok: false,
        error: { code: 'WINDOW_DROPPED', kept: false },
      });
      expect(exporter.exports.at(-1)?.snapshot.counter('c')).toBe(3n);
      expect(exporter.exports.at(-1)?.snapshot.latency('p')).toMatchObject({ count: 1, sum: 3 });
      expect(telemetry.account()).toMatchObject({ recorded: 10n, dropped: 6n, accepted: 4n, pending: 0n });
      expect(await telemetry.flush()).toMatchObject({ ok: true });
    },
  );

  it('is judged by its own age, not by that of others', async () => {
    const { telemetry, exporter, clock } = setUp();
    telemetry.counter('never used');
    telemetry.upDownCounter('u').add(1);
    telemetry.recordCounter('c', 1, { chain: 'a' });
    telemetry.recordCounter('c', 1, { chain: 'b' });
    telemetry.account();
    exporter.reports.push({
      parts: [
        { from: 0, to: 1, outcome: failed('rejected') },
        { from: 1, to: 2, outcome: { status: 'accepted' } },
        { from: 2, to: 3, outcome: { status: 'accepted' } },
      ],
    });
    await telemetry.flush();
    clock.advance(60_000);
    await telemetry.flush(force);
    telemetry.recordCounter('c', 5, { chain: 'new' });
    exporter.reports.push(failed('not-delivered'));
    await telemetry.flush(force);
    clock.advance(1000);
    expect(await telemetry.flush(force)).toMatchObject({ ok: true });
    expect(telemetry.account()).toMatchObject({ recorded: 8n, accepted: 8n, dropped: 0n });
  });

  it('goes out in several when a counter was added more than the wire can hold', async () => {
    const { telemetry, exporter } = setUp();
    telemetry.recordCounter('c', 2n ** 64n - 1n);
    expect(await telemetry.flush()).toMatchObject({ ok: true });
    const deltas = exporter.exports.map(({ snapshot }) => snapshot.counter('c'));
    expect(deltas).toEqual([2n ** 63n - 1n, 2n ** 63n - 1n, 1n]);
    const [first, second] = exporter.exports.map(({ snapshot }) => snapshot);
    expect(second?.points.at(0)).toHaveProperty('windowStartTimeUnixNano', first?.timeUnixNano);
  });

  it('goes out before the open one when the process has to flush at once', async () => {
    const { telemetry, exporter } = setUp();
    telemetry.recordCounter('c', 5);
    exporter.reports.push(failed('ambiguous'));
    await telemetry.flush();
    telemetry.recordCounter('c', 3);
    const sent: (readonly [bigint, ExportOptions['ranges']])[] = [];
    const outcomes = [failed('ambiguous')];
    Object.assign(exporter, {
      exportSync: (snapshot: Snapshot, { ranges }: ExportOptions): ExportReport => {
        sent.push([snapshot.counter('c'), ranges]);
        return outcomes.pop() ?? { status: 'accepted' };
      },
    });
    expect(telemetry.flushSync()).toMatchObject({ ok: false, error: { outcome: 'ambiguous', kept: true } });
    expect(telemetry.flushSync()).toMatchObject({ ok: true });
    expect(sent.map(([delta]) => delta)).toEqual([5n, 5n, 3n]);
    expect(telemetry.account()).toMatchObject({ recorded: 8n, accepted: 8n, pending: 0n });
  });

  it('is settled once, however much of it a synchronous flush got out', async () => {
    const { telemetry, exporter } = setUp();
    for (const chain of ['a', 'b']) telemetry.recordCounter('c', 5, { chain });
    exporter.reports.push(failed('ambiguous'));
    await telemetry.flush();
    const half: ExportReport = {
      parts: [
        { from: 0, to: 1, outcome: { status: 'accepted' } },
        { from: 1, to: 2, outcome: failed('ambiguous') },
      ],
    };
    Object.assign(exporter, { exportSync: (): ExportReport => half });
    expect(telemetry.flushSync()).toMatchObject({ ok: false, error: { kept: true } });
    expect(telemetry.account()).toMatchObject({ recorded: 10n, accepted: 5n, pending: 5n });
    expect(await telemetry.flush(force)).toMatchObject({ ok: true });
    expect(exporter.exports[1]?.ranges).toEqual([{ from: 1, to: 2 }]);
    expect(telemetry.account()).toMatchObject({ recorded: 10n, accepted: 10n, pending: 0n });
  });

  it('is frozen when a synchronous flush fails', async () => {
    const { telemetry, exporter } = setUp();
    telemetry.recordCounter('c', 5);
    let sent: Snapshot | undefined;
    Object.assign(exporter, {
      exportSync(snapshot: Snapshot): ExportReport {
        sent = snapshot;
        return failed('ambiguous');
      },
    });
    expect(telemetry.flushSync()).toMatchObject({ ok: false, error: { kept: true } });
    telemetry.recordCounter('c', 3);
    await telemetry.flush(force);
    expect(exporter.exports.map(({ snapshot }) => snapshot.counter('c'))).toEqual([5n, 3n]);
    expect(exporter.exports[0]?.snapshot).toBe(sent);
    expect(telemetry.account()).toMatchObject({ recorded: 8n, accepted: 8n, pending: 0n });
  });

  it('goes out as it was when a synchronous flush overtakes its export, which counts no more', async () => {
    const { telemetry, exporter } = setUp();
    const answer = Promise.withResolvers<ExportReport>();
    const underWay: { snapshot: Snapshot; signal: AbortSignal }[] = [];
    exporter.export = (snapshot, { signal }) => {
      underWay.push({ snapshot, signal });
      return answer.promise;
    };
    telemetry.recordCounter('c', 5);
    const overtaken = telemetry.flush();
    telemetry.recordCounter('c', 3);
    const sent: Snapshot[] = [];
    Object.assign(exporter, {
      exportSync(snapshot: Snapshot): ExportReport {
        sent.push(snapshot);
        return { status: 'accepted' };
      },
    });
    expect(telemetry.flushSync()).toMatchObject({ ok: true });
    expect(sent.map((snapshot) => snapshot.counter('c'))).toEqual([5n, 3n]);
    expect(sent[0]).toBe(underWay[0]?.snapshot);
    expect(underWay[0]?.signal.aborted).toBe(true);
    answer.resolve(failed('rejected'));
    await overtaken;
    expect(telemetry.account()).toMatchObject({ recorded: 8n, accepted: 8n, pending: 0n, rejected: 0n });
  });

  it('leaves up-down counters their running totals', async () => {
    const { telemetry, exporter } = setUp();
    telemetry.upDownCounter('u').add(5);
    exporter.reports.push(failed('rejected'));
    await telemetry.flush();
    telemetry.upDownCounter('u').add(-2);
    await telemetry.flush(force);
    expect(exporter.exports[1]?.snapshot.points.at(0)).toHaveProperty('total', 3);
    expect(telemetry.account()).toMatchObject({ recorded: 3n, accepted: 3n, rejected: 0n });
  });
});
