import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import type { Attributes } from '../attributes.ts';
import type { Exporter, Temporality } from '../exporter.ts';
import { TelemetryHandle } from '../index.ts';
import type { Recording } from '../recording.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { failed } from '../testing/scripted-exporter.ts';

/** An exporter that keeps nothing; one flush in eight fails. */
function forgetfulExporter(temporality: Temporality): Exporter {
  let exports = 0;
  return {
    temporality,
    export: async () => (++exports % 8 === 0 ? failed('ambiguous') : { status: 'accepted' }),
  };
}

/** Attributes that nobody used before, in changing orders and forms. */
function newAttributes(n: number): Attributes {
  switch (n % 5) {
    case 0:
      return { request: n };
    case 1:
      return { request: BigInt(n), kind: 'x' };
    case 2:
      return { kind: 'x', request: `lone \ud800 ${n}` };
    case 3:
      return { [`key ${n}`]: true };
    default:
      return { request: n + 0.5, big: 2n ** 60n + BigInt(n), ['lone \udc00']: '' };
  }
}

/** Records something new in every kind of metric, again in some of it, and lets go of it. */
function recordNew(to: Recording, n: number): void {
  for (let turn = 0; turn < 2; turn++) {
    const attributes = newAttributes(n);
    to.recordCounter('by.name', 1, attributes);
    // A running total that begins anew once it is delivered.
    if (turn === 0) to.recordCounter('wide', 2n ** 62n + 1n, attributes);
    to.recordLatencyMs('latency.by.name', 1 + (n % 1000), attributes);
    to.recordGauge('gauge.by.name', n, attributes);
    to.counter('bound', { attributes }).add(1);
    to.latency('latency.bound', { attributes, boundsMs: [1, 10, 100] }).record(n % 200);
    to.histogram('histogram', { attributes }).record(n % 2 === 0 ? n : -n);
    to.upDownCounter('up.down', { attributes }).add(turn === 0 ? 1 : -1);
    to.with(attributes).gauge('gauge.bound').set(n);
  }
}

it.each(['cumulative', 'delta'] as const)(
  'holds no more after thousands of flushes while series come and go: %s',
  async (temporality) => {
    const clock = new ManualClock();
    const telemetry = new TelemetryHandle({
      exporter: forgetfulExporter(temporality),
      clock,
      timeoutMs: 100,
      cardinalityLimit: 20,
      idleFlushesBeforeRetirement: 1,
      latencyHistogram: 'exponential',
      warn: () => {},
    });
    let n = 0;
    const play = async (flushes: number): Promise<void> => {
      for (let flush = 0; flush < flushes; flush++) {
        for (const end = n + 24; n < end; n++) recordNew(telemetry, n);
        const stop = telemetry.observe('observed', () => [{ value: 1, attributes: newAttributes(n) }], {
          kind: 'counter',
        });
        await telemetry.flush({ force: true });
        stop();
        if (flush % 50 === 0) {
          const thread = TelemetryHandle.attach(telemetry.share(), { clock });
          recordNew(thread, n);
          telemetry.account();
          thread.detach();
        }
        clock.advance(1000);
        // What was looked at weakly can only be collected after a turn of the event loop.
        await setImmediate();
      }
    };
    await play(100);
    const snapshot = telemetry.snapshot();
    const json = JSON.stringify(snapshot);
    await play(400);
    const heldBefore = memoryHeld();
    await play(1500);
    expect((memoryHeld() - heldBefore) / 1500).toBeLessThan(1000);
    expect(JSON.stringify(snapshot)).toBe(json);
  },
);

it('holds no more however many orders, forms, casings, keys and instruments there are', async () => {
  const telemetry = new TelemetryHandle({
    exporter: forgetfulExporter('cumulative'),
    clock: new ManualClock(),
    timeoutMs: 100,
    cardinalityLimit: 100,
  });
  const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
  const name = 'a.name.of.a.counter.in.some.casing';
  let n = 0;
  const record = (times: number): void => {
    for (const end = n + times; n < end; n++) {
      const order = keys.toSorted((a, b) => scattered(a, n) - scattered(b, n));
      telemetry.recordCounter('orders', 1, Object.fromEntries(order.map((key) => [key, 1])));
      const surrogates = String.fromCharCode(0xd800 + (n % 1024), 0xd800 + (n >> 10));
      telemetry.recordCounter('forms', 1, { value: surrogates });
      telemetry.recordCounter('forms', 1, { [surrogates]: 1n });
      const casing = name.replaceAll(/[a-z]/g, (letter, at: number) =>
        (n >> (at % 20)) & 1 ? letter.toUpperCase() : letter,
      );
      telemetry.recordCounter(casing, 1);
      telemetry.recordLatencyMs(`latency.${casing}`, 1);
      telemetry.recordGauge(`gauge.${casing}`, 1);
      // An instrument for each record.
      telemetry.counter('orders', { attributes: { a: 1 } }).add(1);
      // Far more than there is room for, each with a key of its own.
      telemetry.recordCounter('keys', 1, { [`key ${n}`]: n });
    }
  };
  record(1000);
  await telemetry.flush({ force: true });
  const heldBefore = memoryHeld();
  record(40_000);
  await telemetry.flush({ force: true });
  expect((memoryHeld() - heldBefore) / 40_000).toBeLessThan(25);
  expect(telemetry.snapshot().points).toHaveLength(107);
  expect(telemetry.account().recorded).toBe(BigInt(7 * 41_000));
});

it('lets go of what a flush held without a full garbage collection', async () => {
  const worker = new Worker(new URL('../testing/flush-worker.ts', import.meta.url), {
    execArgv: ['--conditions=@pqcnet/source'],
    // Young objects are collected every few flushes; each leaves 1.1 MB of copies behind.
    resourceLimits: { maxYoungGenerationSizeMb: 6 },
  });
  const [held] = (await once(worker, 'message')) as [number[]];
  expect(Math.max(...held)).toBeLessThan(25e6);
});

/** A number by a key and a turn, for an order that is another one nearly every time. */
function scattered(key: string, turn: number): number {
  return Math.imul(key.charCodeAt(0) + 31 * turn, 0x9e3779b1) >>> 8;
}

/** The bytes that are in use once what is not has been collected. */
function memoryHeld(): number {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
