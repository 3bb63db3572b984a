import { describe, expect, it } from 'vitest';
import type { ExportReport } from '../exporter.ts';
import { TelemetryError } from '../telemetry-error.ts';
import { TelemetryHandle, type TelemetryHandleOptions } from '../index.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { ScriptedExporter, failed } from '../testing/scripted-exporter.ts';

interface Setup {
  readonly telemetry: TelemetryHandle;
  readonly exporter: ScriptedExporter;
  readonly clock: ManualClock;
  /** When requests were made, on the monotonic clock. */
  readonly requestsAtMs: readonly number[];
}

function setUp(options: Partial<TelemetryHandleOptions> = {}): Setup {
  const clock = new ManualClock();
  const requestsAtMs: number[] = [];
  const exporter = new (class extends ScriptedExporter {
    override async export(...given: Parameters<ScriptedExporter['export']>): Promise<ExportReport> {
      requestsAtMs.push(clock.monotonicMs());
      return await super.export(...given);
    }
  })();
  const telemetry = new TelemetryHandle({ exporter, clock, random: () => 0.5, ...options });
  telemetry.recordCounter('c', 1);
  return { telemetry, exporter, clock, requestsAtMs };
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

async function pass(clock: ManualClock, ms: number): Promise<void> {
  await settle();
  for (let i = 0; i < ms; i += 50) {
    clock.advance(50);
    await settle();
  }
}

/** The answer of a collector that asks to be left alone for some time. */
function askingFor(clock: ManualClock, ms: number): ExportReport {
  const error = new TelemetryError('TEST_FAILURE', 'scripted: busy');
  return { status: 'ambiguous', error, notBeforeUnixMs: clock.wallMs + ms };
}

describe('within one flush', () => {
  it('tries again with growing waits until it is accepted', async () => {
    const { telemetry, exporter, clock, requestsAtMs } = setUp();
    for (let i = 0; i < 3; i++) exporter.next(failed(i === 1 ? 'not-delivered' : 'ambiguous'));
    const flushed = telemetry.flush();
    await pass(clock, 5000);
    expect(await flushed).toMatchObject({ ok: true, value: { attempts: 4 } });
    expect(requestsAtMs).toEqual([0, 1000, 2500, 4750]);
  });

  it('ends by its deadline with the last error', async () => {
    const { telemetry, exporter, clock, requestsAtMs } = setUp({ timeoutMs: 4000 });
    for (let i = 0; i < 9; i++) exporter.next(failed('ambiguous'));
    const flushed = telemetry.flush();
    await pass(clock, 2500);
    expect(await flushed).toMatchObject({
      ok: false,
      error: { code: 'TEST_FAILURE', attempts: 3, kept: true },
    });
    expect(requestsAtMs).toEqual([0, 1000, 2500]);
    expect(clock.timers).toHaveLength(0);
  });

  it('tries no more often than it is told to', async () => {
    const { telemetry, exporter } = setUp();
    exporter.next(failed('ambiguous'));
    expect(await telemetry.flush({ maxAttempts: 1 })).toMatchObject({ ok: false, error: { attempts: 1 } });
  });

  it.each(['refused', 'rejected'] as const)('does not try again what was %s', async (status) => {
    const { telemetry, exporter } = setUp();
    exporter.next(failed(status));
    expect(await telemetry.flush()).toMatchObject({ ok: false, error: { attempts: 1, outcome: status } });
  });

  it('waits as long as the collector asks, when there is time', async () => {
    const { telemetry, exporter, clock, requestsAtMs } = setUp();
    exporter.next(askingFor(clock, 7000));
    const flushed = telemetry.flush();
    await pass(clock, 7000);
    expect(await flushed).toMatchObject({ ok: true });
    expect(requestsAtMs).toEqual([0, 7000]);
  });

  it('spreads its waits by chance', async () => {
    for (const [random, second] of [
      [0, 800],
      [0.999_999, 1200],
    ] as const) {
      const { telemetry, exporter, clock, requestsAtMs } = setUp({ random: () => random });
      exporter.next(failed('ambiguous'));
      const flushed = telemetry.flush();
      await pass(clock, 1200);
      await flushed;
      expect(requestsAtMs).toEqual([0, second]);
    }
  });
});

describe('from flush to flush', () => {
  it('makes no request before the collector wants one, not even forced or at the end, and clamps what it wants', async () => {
    const { telemetry, exporter, clock, requestsAtMs } = setUp({ timeoutMs: 1000 });
    exporter.next(askingFor(clock, 3_600_000));
    expect(await telemetry.flush()).toMatchObject({ ok: false, error: { code: 'TEST_FAILURE' } });
    for (const force of [false, true]) {
      expect(await telemetry.flush({ force })).toMatchObject({
        ok: false,
        error: { code: 'BACKING_OFF', kept: true, attempts: 0, outcome: undefined },
      });
    }
    expect(requestsAtMs).toEqual([0]);
    clock.advance(299_999);
    expect(await telemetry.flush({ timeoutMs: 1 })).toMatchObject({ error: { code: 'BACKING_OFF' } });
    clock.advance(1);
    expect(await telemetry.flush()).toMatchObject({ ok: true });
    exporter.next(askingFor(clock, 60_000));
    await telemetry.flush();
    expect(await telemetry.shutdown()).toMatchObject({ ok: false, error: { code: 'BACKING_OFF' } });
    expect(requestsAtMs).toEqual([0, 300_000, 300_000]);
  });

  it('makes no synchronous request either, and keeps to what one was asked for', async () => {
    const { telemetry, exporter, clock } = setUp({ timeoutMs: 1000 });
    const reports: ExportReport[] = [askingFor(clock, 60_000)];
    const exportSync = (): ExportReport => reports.pop() ?? { status: 'accepted' };
    Object.assign(exporter, { exportSync });
    expect(telemetry.flushSync()).toMatchObject({ ok: false, error: { code: 'TEST_FAILURE' } });
    clock.advance(59_999);
    const early = [telemetry.flushSync(), await telemetry.flush({ force: true, timeoutMs: 1 })];
    expect(early).toMatchObject([{ error: { code: 'BACKING_OFF' } }, { error: { code: 'BACKING_OFF' } }]);
    clock.advance(1);
    expect(telemetry.flushSync()).toMatchObject({ ok: true });
  });

  it('is no storm on a short beat while the collector is down', async () => {
    const { telemetry, exporter, clock, requestsAtMs } = setUp({ timeoutMs: 100, flushIntervalMs: 500 });
    for (let i = 0; i < 200; i++) exporter.next(failed('not-delivered'));
    telemetry.start();
    await pass(clock, 60_000);
    expect(requestsAtMs.length).toBeLessThan(15);
    expect(requestsAtMs.length).toBeGreaterThan(5);
    await telemetry.shutdown();
  });

  it('leaves the backoff out when it is forced, and at the end', async () => {
    const { telemetry, exporter, requestsAtMs } = setUp({ timeoutMs: 100 });
    exporter.next(failed('ambiguous'));
    exporter.next(failed('ambiguous'));
    await telemetry.flush();
    expect(await telemetry.flush()).toMatchObject({ error: { code: 'BACKING_OFF' } });
    expect(await telemetry.flush({ force: true })).toMatchObject({
      error: { code: 'TEST_FAILURE', attempts: 1 },
    });
    expect(await telemetry.shutdown()).toMatchObject({ ok: true });
    expect(requestsAtMs).toHaveLength(3);
  });

  it('leaves the backoff out for all that wait for a flush when one of them is forced', async () => {
    const { telemetry, exporter, clock, requestsAtMs } = setUp({ timeoutMs: 100 });
    const answer = Promise.withResolvers<ExportReport>();
    exporter.next(() => answer.promise);
    telemetry.recordCounter('c', 1);
    const first = telemetry.flush();
    const waiting = [telemetry.flush(), telemetry.flush({ force: true }), telemetry.flush()];
    answer.resolve(failed('not-delivered'));
    expect(await first).toMatchObject({ ok: false });
    for (const result of await Promise.all(waiting)) expect(result).toMatchObject({ ok: true });
    exporter.next(failed('not-delivered'));
    await telemetry.flush();
    expect(await telemetry.flush()).toMatchObject({ error: { code: 'BACKING_OFF' } });
    expect(requestsAtMs).toEqual([0, 0, clock.monotonicMs()]);
  });

  it('wakes a flush that waits for its turn when the end comes', async () => {
    const { telemetry, exporter, clock, requestsAtMs } = setUp();
    exporter.next(failed('ambiguous'));
    const waiting = telemetry.flush();
    await settle();
    telemetry.recordCounter('c', 1);
    const ended = telemetry.shutdown({ timeoutMs: 500 });
    expect(await waiting).toMatchObject({ ok: false, error: { kept: true } });
    expect(await ended).toMatchObject({ ok: true });
    expect(requestsAtMs).toEqual([0, 0]);
    expect(telemetry.account()).toMatchObject({ recorded: 2n, accepted: 2n });
    expect(clock.timers).toHaveLength(0);
  });
});
