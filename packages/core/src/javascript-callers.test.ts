import { describe, expect, it } from 'vitest';
import type { Attributes } from './attributes.ts';
import { TelemetryHandle } from './index.ts';
import type { Recording } from './recording.ts';
import type { Result } from './result.ts';
import { ManualClock } from './testing/manual-clock.ts';
import { ScriptedExporter } from './testing/scripted-exporter.ts';

/** What callers of JavaScript can pass where something else is expected. */
const strangeValues: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['a number', 7],
  ['a string', 'x'],
  ['a symbol', Symbol('x')],
  ['a bigint', 7n],
  ['a boolean', true],
  ['an array', [1]],
  ['an object', { a: 1 }],
  ['a function', (): number => 1],
  [
    'an object that throws when it is converted',
    {
      valueOf(): never {
        throw new Error('from valueOf');
      },
    },
  ],
];

type Call = (recording: Recording, strange: never) => Result<void, unknown> | (() => void);

/** Every way to record, with something strange in each place. */
const calls: readonly (readonly [string, Call])[] = [
  ['recordCounter, name', (to, strange) => to.recordCounter(strange, 1)],
  ['recordCounter, name with attributes', (to, strange) => to.recordCounter(strange, 1, { a: 1 })],
  ['recordCounter, delta', (to, strange) => to.recordCounter('c', strange)],
  ['recordCounter, delta with attributes', (to, strange) => to.recordCounter('c', strange, { a: 1 })],
  ['recordCounter, attributes', (to, strange) => to.recordCounter('c', 1, strange)],
  ['recordLatencyMs, name', (to, strange) => to.recordLatencyMs(strange, 1)],
  ['recordLatencyMs, value', (to, strange) => to.recordLatencyMs('p', strange)],
  ['recordLatencyMs, value with attributes', (to, strange) => to.recordLatencyMs('p', strange, { a: 1 })],
  ['recordLatencyMs, attributes', (to, strange) => to.recordLatencyMs('p', 1, strange)],
  ['recordGauge, name', (to, strange) => to.recordGauge(strange, 1)],
  ['recordGauge, value', (to, strange) => to.recordGauge('g', strange)],
  ['recordGauge, attributes', (to, strange) => to.recordGauge('g', 1, strange)],
  ['counter, name', (to, strange) => to.counter(strange).add(1)],
  ['counter, options', (to, strange) => to.counter('c', strange).add(1)],
  ['counter, attributes', (to, strange) => to.counter('c', { attributes: strange }).add(1)],
  ['counter, unit', (to, strange) => to.counter('c', { unit: strange }).add(1)],
  ['counter, description', (to, strange) => to.counter('c', { description: strange }).add(1)],
  ['counter, delta', (to, strange) => to.counter('c').add(strange)],
  ['upDownCounter, options', (to, strange) => to.upDownCounter('u', strange).add(1)],
  ['upDownCounter, delta', (to, strange) => to.upDownCounter('u').add(strange)],
  ['latency, options', (to, strange) => to.latency('p', strange).record(1)],
  ['latency, bounds', (to, strange) => to.latency('p', { boundsMs: strange }).record(1)],
  ['latency, value', (to, strange) => to.latency('p').record(strange)],
  ['histogram, options', (to, strange) => to.histogram('h', strange).record(1)],
  ['histogram, bounds', (to, strange) => to.histogram('h', { bounds: strange }).record(1)],
  ['histogram, value', (to, strange) => to.histogram('h').record(strange)],
  ['gauge, options', (to, strange) => to.gauge('g', strange).set(1)],
  ['gauge, value', (to, strange) => to.gauge('g').set(strange)],
  ['observe, name', (to, strange) => to.observe(strange, () => 1)],
  ['observe, observer', (to, strange) => to.observe('o', strange)],
  ['observe, options', (to, strange) => to.observe('o', () => 1, strange)],
  ['observe, kind', (to, strange) => to.observe('o', () => 1, { kind: strange })],
  ['observe, attributes', (to, strange) => to.observe('o', () => 1, { attributes: strange })],
  ['observe, what is observed', (to, strange) => to.observe('o', () => strange)],
  ['observe, values', (to, strange) => to.observe('o', () => [strange])],
  [
    'observe, observed attributes',
    (to, strange) => to.observe('o', () => [{ value: 1, attributes: strange }]),
  ],
  ['with', (to, strange) => to.with(strange).recordCounter('c', 1)],
  ['with, and attributes', (to, strange) => to.with(strange).recordCounter('c', 1, { b: 1 })],
  ['with, then strange attributes', (to, strange) => to.with({ b: 1 }).recordCounter('c', 1, strange)],
];

function makeHandle(): TelemetryHandle {
  return new TelemetryHandle({ exporter: new ScriptedExporter(), clock: new ManualClock(), warn: () => {} });
}

const ways: readonly (readonly [string, (telemetry: TelemetryHandle) => Recording])[] = [
  ['the handle', (telemetry): Recording => telemetry],
  ['a scope', (telemetry): Recording => telemetry.with({ scope: 1 })],
  [
    'an attached thread',
    (telemetry): Recording => TelemetryHandle.attach(telemetry.share(), { warn: () => {} }),
  ],
];

describe.each(ways)('through %s', (_, recordingOf) => {
  it.each(calls)('takes anything in %s, and returns', async (_call, call) => {
    for (const [what, strange] of strangeValues) {
      const telemetry = makeHandle();
      // Twice, and after what is usual: by the short way and by the long one.
      recordUsual(telemetry);
      const recording = recordingOf(telemetry);
      for (let i = 0; i < 2; i++) {
        const returned = call(recording, strange as never);
        expect([what, typeof returned === 'function' || typeof returned.ok === 'boolean']).toEqual([
          what,
          true,
        ]);
      }
      telemetry.snapshot();
      await telemetry.shutdown();
      call(recording, strange as never);
    }
  });
});

const revoked = Proxy.revocable({}, {});
revoked.revoke();
const throwing = {
  get a(): number {
    throw new Error('from a getter');
  },
};

it.each<readonly [string, Attributes]>([
  ['throws when it is read', throwing],
  ['is a revoked proxy', revoked.proxy],
])('says that an object can not be used that %s', (_, strange) => {
  const telemetry = makeHandle();
  recordUsual(telemetry);
  const scope = telemetry.with({ b: 1 });
  for (const result of [
    telemetry.recordCounter('c', 1, strange),
    scope.recordLatencyMs('p', 1, strange),
    scope.with(strange).recordGauge('g', 1),
    telemetry.with(strange).recordCounter('c', 1, { b: 1 }),
    scope.gauge('g', { attributes: strange }).set(1),
    telemetry.counter('c').add(strange as unknown as number),
    telemetry.recordLatencyMs('p', strange as unknown as number),
  ]) {
    expect(result).toMatchObject({ ok: false, error: { code: expect.stringMatching(/^INVALID_/) } });
  }
  telemetry.observe('o', () => 1, { attributes: strange });
  telemetry.observe('o', () => [{ value: 1, attributes: strange }]);
  expect(telemetry.snapshot().points).toHaveLength(5);
});

it('takes what is no set of attributes for an error, also below and above one that is', () => {
  const telemetry = makeHandle();
  for (const strange of [null, 'ab', ['x'], 7] as unknown as Attributes[]) {
    expect(telemetry.with(strange).recordCounter('c', 1, { a: 1 })).toMatchObject({ ok: false });
    expect(telemetry.with(strange).with({ a: 1 }).counter('c').add(1)).toMatchObject({ ok: false });
    telemetry.observe('o', () => [{ value: 1, attributes: strange }], { attributes: { a: 1 } });
  }
  expect(telemetry.snapshot().points).toHaveLength(0);
});

function recordUsual(telemetry: TelemetryHandle): void {
  telemetry.recordCounter('c', 1);
  telemetry.recordCounter('c', 1, { a: 1 });
  telemetry.recordLatencyMs('p', 1);
  telemetry.recordLatencyMs('p', 1, { a: 1 });
  telemetry.recordGauge('g', 1);
}

it.each(strangeValues)('reads a snapshot by %s', (what, strange) => {
  const telemetry = makeHandle();
  recordUsual(telemetry);
  const snapshot = telemetry.snapshot();
  const [name, attributes, q] = [strange as string, strange as Attributes, strange as number];
  expect([
    snapshot.counter(name),
    snapshot.total(name),
    snapshot.latency(name),
    snapshot.gauge(name),
  ]).toEqual([0n, 0n, undefined, undefined]);
  expect(snapshot.counter('c', attributes)).toBe(what === 'an object' ? 1n : 0n);
  expect(snapshot.latency('p')?.quantile(q)).toBeUndefined();
});

it.each(strangeValues)('flushes with %s for options, time-out and number of attempts', async (_, strange) => {
  const telemetry = makeHandle();
  telemetry.recordCounter('c', 1);
  const options = [strange, { timeoutMs: strange }, { maxAttempts: strange }] as never[];
  for (const each of options) {
    expect(await telemetry.flush(each)).toMatchObject({ ok: true });
    expect(telemetry.flushSync(each)).toBeUndefined();
  }
  expect(await telemetry.shutdown(strange as never)).toMatchObject({ ok: true });
});

it.each<readonly [string, string, readonly string[], Readonly<Record<string, bigint>>]>([
  ['another series', 'c', ['other'], { first: 1n, new: 1n, other: 1n }],
  ['the same one', 'c', ['new'], { first: 1n, new: 2n }],
  ['in another metric', 'd', ['new'], { first: 1n, new: 1n }],
  ['what takes the last room', 'c', ['x', 'y'], { first: 1n, x: 1n, y: 1n, overflow: 1n }],
])('counts once when an object records %s while it is read', (_, name, values, expected) => {
  // By the way for what is known, and by the one for what is new.
  for (const recordingRead of [1, 2]) {
    const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter(), cardinalityLimit: 4 });
    telemetry.recordCounter('c', 1, { a: 'first' });
    let reads = 0;
    const recording = {
      get a(): string {
        reads += 1;
        if (reads === recordingRead) for (const a of values) telemetry.recordCounter(name, 1, { a });
        return 'new';
      },
    };
    expect(telemetry.recordCounter('c', 1, recording)).toEqual({ ok: true });
    const { points } = telemetry.snapshot();
    const totals = [...points].flatMap((point) => {
      if (point.type !== 'sum' || point.series.metric.name !== 'c') return [];
      return [[point.series.attributes['a'] ?? 'overflow', BigInt(point.total)] as const];
    });
    expect(Object.fromEntries(totals)).toEqual(expected);
  }
});
