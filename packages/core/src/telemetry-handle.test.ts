import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import type { ExportReport } from './exporter.ts';
import { TelemetryHandle, type TelemetryHandleOptions } from './index.ts';
import { FakeProcess } from './testing/fake-process.ts';
import { ManualClock } from './testing/manual-clock.ts';
import { ScriptedExporter, failed } from './testing/scripted-exporter.ts';

/** Lets everything that is ready to go on do so. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

function never(): Promise<never> {
  return new Promise(() => {});
}

it.each<readonly [string, Partial<Record<keyof TelemetryHandleOptions, unknown>>]>([
  ['flushIntervalMs', { flushIntervalMs: 0 }],
  ['flushIntervalMs', { flushIntervalMs: 2 ** 31 }],
  ['timeoutMs', { timeoutMs: 1.5 }],
  ['cardinalityLimit', { cardinalityLimit: 1 }],
  ['latencyBoundsMs', { latencyBoundsMs: [2, 1] }],
  ['labels', { labels: { a: null } }],
  ['resource', { resource: { a: [] } }],
  ['metrics', { metrics: new Map([['no name', {}]]) }],
  ['metrics', { metrics: new Map([['m', { bounds: [1, 1] }]]) }],
  ['metrics', { metrics: { m: {} } }],
  ['metrics', { metrics: new Map([['m', null]]) }],
  ['exporter.temporality', { exporter: { temporality: 'sometimes', export: never } }],
  ['exporter', { exporter: undefined }],
  ['exporter', { exporter: null }],
  ['exporter', { exporter: { temporality: 'delta' } }],
])('can not be made with a bad %s', (name, options) => {
  expect(
    () => new TelemetryHandle({ exporter: new ScriptedExporter(), ...options } as TelemetryHandleOptions),
  ).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringContaining(name) }));
});

it.each([undefined, null, 5])('can not be made with %s for options', (options) => {
  expect(() => new TelemetryHandle(options as unknown as TelemetryHandleOptions)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringContaining('exporter') }),
  );
});

it('does nothing, with success, when it is disabled', async () => {
  const exporter = new ScriptedExporter();
  const telemetry = new TelemetryHandle({ exporter, disabled: true, cardinalityLimit: 2 });
  for (const user of [1, 2, 3]) {
    expect(telemetry.recordCounter('c', 1, { user })).toEqual({ ok: true });
    expect(telemetry.counter('c', { attributes: { user } }).add(2n ** 64n - 1n)).toEqual({ ok: true });
    expect(telemetry.recordLatencyMs('p', 1)).toEqual({ ok: true });
    expect(telemetry.recordGauge('g', 1)).toEqual({ ok: true });
  }
  expect(telemetry.snapshot().points).toHaveLength(0);
  expect(telemetry.account()).toMatchObject({ recorded: 0n, pending: 0n });
  expect(await telemetry.flush()).toMatchObject({ ok: true });
  expect(exporter.snapshots).toHaveLength(0);
  await telemetry.shutdown();
  expect(telemetry.recordCounter('c', 1)).toMatchObject({ error: { code: 'SHUT_DOWN' } });
});

describe('start', () => {
  it('flushes on a steady beat that late calls do not shift and a suspended process does not crowd', async () => {
    const clock = new ManualClock();
    const exporter = new ScriptedExporter();
    const flushedAtMs: number[] = [];
    const telemetry = new TelemetryHandle({ exporter, clock, flushIntervalMs: 100 });
    telemetry.onFlush(() => flushedAtMs.push(clock.monotonicMs()));
    telemetry.recordCounter('c', 1);
    telemetry.start();
    telemetry.start();
    for (const passMs of [100, 100, 50, 50]) {
      clock.advance(passMs);
      await settle();
    }
    clock.suspend(1_030);
    clock.advance(0);
    await settle();
    clock.advance(70);
    await settle();
    expect(flushedAtMs).toEqual([100, 200, 300, 1330, 1400]);
    expect(clock.timers.every((timer) => !timer.keepsProcessAlive)).toBe(true);
    await telemetry.shutdown();
    expect(clock.timers).toHaveLength(0);
  });

  it('leaves a beat out while a flush is still under way', async () => {
    const clock = new ManualClock();
    const exporter = new ScriptedExporter();
    const telemetry = new TelemetryHandle({ exporter, clock, flushIntervalMs: 100 });
    const answer = Promise.withResolvers<ExportReport>();
    exporter.next(() => answer.promise);
    telemetry.recordCounter('c', 1);
    telemetry.start();
    clock.advance(350);
    await settle();
    expect(exporter.snapshots).toHaveLength(1);
    answer.resolve({ status: 'accepted' });
    await settle();
    clock.advance(50);
    await settle();
    expect(exporter.snapshots).toHaveLength(2);
    await telemetry.shutdown();
  });

  it('warns of failures that nobody listens for, once a minute at the most', async () => {
    const clock = new ManualClock();
    const exporter = new ScriptedExporter();
    const warnings: string[] = [];
    const telemetry = new TelemetryHandle({
      exporter,
      clock,
      flushIntervalMs: 40_000,
      timeoutMs: 100,
      warn: (text) => warnings.push(text),
    });
    telemetry.recordCounter('c', 1);
    telemetry.start();
    for (const report of [failed('refused'), failed('ambiguous'), failed('rejected')]) {
      exporter.next(report);
      clock.advance(40_000);
      await settle();
    }
    expect(warnings).toEqual([
      expect.stringContaining('scripted: refused'),
      expect.stringContaining('scripted: rejected'),
    ]);
    telemetry.onFlush(() => {});
    exporter.next(failed('refused'));
    clock.advance(120_000);
    await settle();
    expect(warnings).toHaveLength(2);
    await telemetry.shutdown();
  });
});

const lost = 'The last flush failed, what it did not deliver is lost';
const kept = 'Flushing fails, the data are kept';

it.each<readonly [string, string, (telemetry: TelemetryHandle, process: FakeProcess) => unknown]>([
  ['an `await using` block ends', lost, (telemetry) => telemetry[Symbol.asyncDispose]()],
  ['the process gets a signal', lost, (_, process) => process.emit('SIGTERM')],
  ['the event loop has nothing left to do', kept, (_, process) => process.emit('beforeExit')],
  ['the process exits', kept, (_, process) => process.emit('exit')],
])('warns of a last flush that fails when nobody gets its result: %s', async (_, warning, end) => {
  for (const isHeard of [false, true]) {
    const warnings: string[] = [];
    const exporter = Object.assign(new ScriptedExporter(), { exportSync: () => failed('refused') });
    const telemetry = new TelemetryHandle({ exporter, warn: (text) => warnings.push(text) });
    const process = new FakeProcess();
    telemetry.flushOnExit({ process, atProcessExit: true });
    if (isHeard) telemetry.onFlush(() => {});
    telemetry.recordCounter('c', 1);
    exporter.next(failed('refused'));
    end(telemetry, process);
    await settle();
    expect(warnings).toEqual(isHeard ? [] : [`${warning} (TEST_FAILURE): scripted: refused`]);
  }
});

describe('status', () => {
  it('says when the last success was, how many failures since, and what is pending since when', async () => {
    const clock = new ManualClock();
    const exporter = new ScriptedExporter();
    const telemetry = new TelemetryHandle({ exporter, clock, timeoutMs: 100, random: () => 0.5 });
    expect(telemetry.status()).toEqual({
      lastSuccessUnixMs: undefined,
      failuresInRow: 0,
      pending: 0n,
      pendingSinceUnixMs: undefined,
      nextRequestInMs: 0,
    });
    telemetry.recordCounter('c', 1);
    clock.advance(500);
    await telemetry.flush();
    const deliveredUnixMs = clock.wallMs;
    telemetry.recordCounter('c', 2);
    clock.advance(500);
    for (let i = 0; i < 2; i++) {
      exporter.next(failed('ambiguous'));
      await telemetry.flush({ force: true });
    }
    expect(telemetry.status()).toEqual({
      lastSuccessUnixMs: deliveredUnixMs,
      failuresInRow: 2,
      pending: 2n,
      pendingSinceUnixMs: deliveredUnixMs,
      nextRequestInMs: 1500,
    });
  });
});

it('publishes every result on a diagnostics channel', async () => {
  const exporter = new ScriptedExporter();
  const telemetry = new TelemetryHandle({ exporter, clock: new ManualClock(), timeoutMs: 100 });
  const published: unknown[] = [];
  const subscriber = (message: unknown): void => void published.push(message);
  subscribe('pqcnet.telemetry.flush', subscriber);
  telemetry.recordCounter('c', 1);
  const accepted = await telemetry.flush();
  exporter.next(failed('refused'));
  const refused = await telemetry.flush();
  unsubscribe('pqcnet.telemetry.flush', subscriber);
  await telemetry.flush({ force: true });
  expect(published).toEqual([accepted, refused]);
});

describe('shutdown', () => {
  it('flushes a last time, shuts the exporter down, and then refuses everything with a code', async () => {
    let isShutDown = false;
    const exporter = Object.assign(new ScriptedExporter(), {
      shutdown: async () => {
        isShutDown = true;
      },
    });
    const telemetry = new TelemetryHandle({ exporter });
    const counter = telemetry.counter('c');
    const latency = telemetry.latency('p');
    const gauge = telemetry.gauge('g');
    counter.add(1);
    latency.record(1);
    gauge.set(1);
    telemetry.recordCounter('c', 1, { known: true });
    expect(await telemetry.shutdown()).toMatchObject({ ok: true });
    expect(isShutDown).toBe(true);
    expect(exporter.snapshots).toHaveLength(1);
    for (const result of [
      counter.add(1),
      latency.record(1),
      gauge.set(1),
      telemetry.recordCounter('c', 1),
      telemetry.recordCounter('c', 1, { known: true }),
      telemetry.recordCounter('new', 1),
      telemetry.recordLatencyMs('p', 1),
      telemetry.recordGauge('g', 1),
      telemetry.counter('other').add(1),
      await telemetry.flush(),
    ]) {
      expect(result).toMatchObject({ ok: false, error: { code: 'SHUT_DOWN' } });
    }
    expect(telemetry.account()).toMatchObject({ recorded: 3n, accepted: 3n });
    expect(telemetry.snapshot().total('c')).toBe(1n);
    expect(await telemetry.shutdown()).toBe(await telemetry.shutdown());
    expect(exporter.snapshots).toHaveLength(1);
  });

  it('ends by its deadline even during a flush that hangs', async () => {
    const clock = new ManualClock();
    const exporter = new ScriptedExporter();
    const telemetry = new TelemetryHandle({ exporter, clock });
    telemetry.recordCounter('c', 1);
    exporter.next(
      (_, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve(failed('ambiguous')));
        }),
    );
    const hanging = telemetry.flush();
    telemetry.recordCounter('c', 1);
    const ended = telemetry.shutdown({ timeoutMs: 50 });
    clock.advance(50);
    await settle();
    expect(await hanging).toMatchObject({ ok: false, error: { code: 'TEST_FAILURE' } });
    expect(await ended).toMatchObject({ ok: false, error: { code: 'SHUT_DOWN' } });
    expect(telemetry.account()).toMatchObject({ recorded: 2n, pending: 2n });
    expect(exporter.snapshots).toHaveLength(1);
  });

  it.each([{ force: false }, { force: true }])(
    'gives a flush that hangs half of the time, and flushes a last time in the other (%j)',
    async (options) => {
      const clock = new ManualClock();
      const exporter = new ScriptedExporter();
      const telemetry = new TelemetryHandle({ exporter, clock });
      telemetry.recordCounter('c', 1);
      exporter.next(
        (_, { signal }) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => resolve(failed('ambiguous')));
          }),
      );
      const hanging = telemetry.flush(options);
      telemetry.recordCounter('c', 1);
      const ended = telemetry.shutdown({ timeoutMs: 2000 });
      clock.advance(999);
      await settle();
      expect(exporter.snapshots).toHaveLength(1);
      clock.advance(1);
      expect(await hanging).toMatchObject({ ok: false, error: { code: 'TEST_FAILURE' } });
      expect(await ended).toMatchObject({ ok: true });
      expect(exporter.snapshots.map((snapshot) => snapshot.total('c'))).toEqual([1n, 2n]);
      expect(telemetry.account()).toMatchObject({ recorded: 2n, accepted: 2n });
      expect(clock.timers).toHaveLength(0);
    },
  );

  it('refuses what is recorded once the last snapshot was taken, rather than losing it', async () => {
    const exporter = new ScriptedExporter();
    const telemetry = new TelemetryHandle({ exporter });
    telemetry.recordCounter('c', 1);
    exporter.next(async () => {
      expect(telemetry.recordCounter('c', 1)).toMatchObject({ error: { code: 'SHUT_DOWN' } });
      return { status: 'accepted' };
    });
    const ended = telemetry.shutdown();
    expect(await ended).toMatchObject({ ok: true });
    expect(telemetry.account()).toMatchObject({ recorded: 1n, accepted: 1n });
  });

  it('does not wait for an exporter that never shuts down', async () => {
    const clock = new ManualClock();
    const exporter = Object.assign(new ScriptedExporter(), { shutdown: never });
    const telemetry = new TelemetryHandle({ exporter, clock });
    telemetry.recordCounter('c', 1);
    const ended = telemetry.shutdown({ timeoutMs: 50 });
    await settle();
    clock.advance(50);
    expect(await ended).toMatchObject({ ok: true });
    expect(clock.timers).toHaveLength(0);
  });

  it('happens at the end of an `await using` block', async () => {
    const exporter = new ScriptedExporter();
    {
      await using telemetry = new TelemetryHandle({ exporter });
      telemetry.recordCounter('c', 1);
    }
    expect(exporter.snapshots[0]?.total('c')).toBe(1n);
  });
});

describe('recording by name without attributes', () => {
  it('goes to one series whatever the casing, together with empty attributes and what is bound', () => {
    const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
    for (let i = 0; i < 3; i++) {
      for (const name of ['Ingest', 'ingest', 'INGEST']) {
        expect(telemetry.recordCounter(name, 1)).toEqual({ ok: true });
        expect(telemetry.recordCounter(name, 1, {})).toEqual({ ok: true });
      }
      telemetry.counter('ingest').add(1n);
    }
    expect(telemetry.snapshot().points).toHaveLength(1);
    expect(telemetry.snapshot().total('ingest')).toBe(21n);
    expect(telemetry.account()).toMatchObject({ recorded: 21n, pending: 21n });
  });

  it('returns the same errors at the first record and later', () => {
    const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
    for (let i = 0; i < 3; i++) {
      expect(telemetry.recordCounter('c', -1)).toMatchObject({ error: { code: 'INVALID_VALUE' } });
      expect(telemetry.recordLatencyMs('p', Number.NaN)).toMatchObject({ error: { code: 'INVALID_VALUE' } });
      expect(telemetry.recordCounter('no name', 1)).toMatchObject({ error: { code: 'INVALID_NAME' } });
      expect(telemetry.recordCounter('', 1)).toMatchObject({ error: { code: 'INVALID_NAME' } });
      expect(telemetry.recordCounter(7 as unknown as string, 1)).toMatchObject({
        error: { code: 'INVALID_NAME' },
      });
    }
    // What was refused made no metric of a kind.
    expect(telemetry.recordLatencyMs('c', 1)).toEqual({ ok: true });
    expect(telemetry.recordCounter('p', 1)).toEqual({ ok: true });
    for (let i = 0; i < 3; i++) {
      expect(telemetry.recordCounter('c', 1)).toMatchObject({ error: { code: 'KIND_CONFLICT' } });
      expect(telemetry.recordLatencyMs('p', 1)).toMatchObject({ error: { code: 'KIND_CONFLICT' } });
    }
  });

  it('ends with the handle', async () => {
    const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
    telemetry.recordCounter('c', 1);
    telemetry.recordCounter('c', 1);
    telemetry.recordLatencyMs('p', 1);
    telemetry.recordLatencyMs('p', 1);
    await telemetry.shutdown();
    expect(telemetry.recordCounter('c', 1)).toMatchObject({ error: { code: 'SHUT_DOWN' } });
    expect(telemetry.recordLatencyMs('p', 1)).toMatchObject({ error: { code: 'SHUT_DOWN' } });
    expect(telemetry.account()).toMatchObject({ recorded: 4n, accepted: 4n });
  });

  it('finds the one series of a name in a thousand casings', () => {
    const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
    for (let i = 0; i < 1000; i++) {
      const casing = 'ingest.accepted'.replaceAll(/[a-z]/g, (letter, at: number) =>
        ((i >> at) & 1) === 1 ? letter.toUpperCase() : letter,
      );
      expect(telemetry.recordCounter(casing, 1)).toEqual({ ok: true });
    }
    expect(telemetry.snapshot().total('ingest.accepted')).toBe(1000n);
    expect(telemetry.snapshot().points).toHaveLength(1);
  });
});
