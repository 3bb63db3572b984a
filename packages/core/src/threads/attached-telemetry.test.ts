import { describe, expect, it } from 'vitest';
import { TelemetryHandle, type TelemetryHandleOptions } from '../index.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { threadSteps } from '../testing/thread-steps.ts';
import { totalsOf } from '../testing/totals-of.ts';

/** An owner, and what is attached to it: on the same thread, where every order of steps can be had. */
function makeBoth(options: Partial<TelemetryHandleOptions> = {}) {
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  const owner = new TelemetryHandle({
    exporter: { temporality: 'cumulative', export: async () => ({ status: 'accepted' }) },
    warn,
    ...options,
  });
  const attach = () => TelemetryHandle.attach(owner.share(), { warn });
  return { owner, attach, attached: attach(), warnings };
}

describe('an attached thread', () => {
  it('records what the owner would, in slabs that are added as series come', () => {
    const { owner, attached } = makeBoth();
    const alone = makeBoth().owner;
    const [record, model] = [threadSteps(attached), threadSteps(alone)];
    for (let step = 0; step < 40_000; step++) {
      expect(record(step)).toBe(true);
      model(step);
      if (step % 7777 === 0) owner.snapshot();
    }
    expect(totalsOf(owner.snapshot())).toEqual(totalsOf(alone.snapshot()));
    expect(owner.account()).toEqual(alone.account());
  });

  it('makes a series with its first record, not before', () => {
    const { owner, attached } = makeBoth();
    const counter = attached.counter('requests');
    expect(attached.recordCounter('requests', -1)).toMatchObject({
      ok: false,
      error: { code: 'INVALID_VALUE' },
    });
    expect(owner.snapshot().points.length).toBe(0);
    counter.add(1);
    expect(owner.snapshot().total('requests')).toBe(1n);
  });

  it('gives the errors that a handle gives', () => {
    const { attached, warnings } = makeBoth();
    expect(codeOf(attached.recordCounter('1', 1))).toBe('INVALID_NAME');
    expect(codeOf(attached.counter('c').add(0.5))).toBe('INVALID_VALUE');
    expect(codeOf(attached.upDownCounter('u').add(0.5))).toBe('INVALID_VALUE');
    expect(codeOf(attached.latency('l').record(-1))).toBe('INVALID_VALUE');
    expect(codeOf(attached.histogram('h').record(Number.NaN))).toBe('INVALID_VALUE');
    expect(codeOf(attached.gauge('g').set(Infinity))).toBe('INVALID_VALUE');
    expect(codeOf(attached.recordLatencyMs('l', 1, { '': 1 }))).toBe('INVALID_ATTRIBUTE');
    expect(codeOf(attached.recordGauge('c', 1))).toBe('KIND_CONFLICT');
    expect(codeOf(attached.recordCounter('c', 2n ** 64n))).toBe('COUNTER_OVERFLOW');
    attached.upDownCounter('u').add(2n ** 63n - 1n);
    expect(codeOf(attached.upDownCounter('u').add(1))).toBe('COUNTER_OVERFLOW');
    attached.observe('o', () => 1)();
    expect(warnings).toEqual([expect.stringContaining('"o" is not observed')]);
  });

  it('times functions by its clock', async () => {
    const { owner } = makeBoth();
    const clock = new ManualClock();
    const attached = TelemetryHandle.attach(owner.share(), { clock });
    const latency = attached.latency('work', { boundsMs: [10, 100] });
    latency.time(() => clock.advance(5));
    await latency.time(async () => clock.advance(50));
    expect(owner.snapshot().latency('work')).toMatchObject({ count: 2, sum: 55, min: 5, max: 50 });
  });

  it('records nothing with success where the owner is disabled', () => {
    const { owner, attached } = makeBoth({ disabled: true });
    expect(attached.recordCounter('requests', 1).ok).toBe(true);
    expect(attached.latency('work').record(1).ok).toBe(true);
    expect(owner.snapshot().points.length).toBe(0);
  });

  it('can only attach to what share() gave', () => {
    expect(() => TelemetryHandle.attach({} as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS' }),
    );
  });

  it('that attaches or records after the shutdown gets SHUT_DOWN, and so does one that detached', async () => {
    const { owner, attached, attach } = makeBoth();
    const counter = attached.counter('requests');
    counter.add(1);
    const other = attach();
    other.recordCounter('requests', 1);
    other.detach();
    other.detach();
    const shutDown = { ok: false, error: { code: 'SHUT_DOWN' } };
    expect(other.recordCounter('requests', 1)).toMatchObject(shutDown);
    const result = await owner.shutdown();
    expect(result.ok && result.value.snapshot.total('requests')).toBe(2n);
    expect(counter.add(1)).toMatchObject(shutDown);
    expect(attached.recordGauge('depth', 1)).toMatchObject(shutDown);
    expect(attach().recordCounter('requests', 1)).toMatchObject(shutDown);
    expect(owner.snapshot().total('requests')).toBe(2n);
    expect(owner.threads()).toEqual({ attached: 0, refused: new Map() });
  });
});

describe('what only the owner can find', () => {
  it('is a name that is another kind there: refused, counted, and warned of once', () => {
    const { owner, attached, warnings } = makeBoth();
    attached.recordCounter('depth', 3);
    owner.recordGauge('depth', 1);
    expect(owner.account().recorded).toBe(0n);
    attached.recordCounter('depth', 4);
    expect(owner.snapshot().gauge('depth')).toBe(1);
    expect(owner.threads().refused).toEqual(new Map([['depth', 7n]]));
    expect(warnings).toEqual([expect.stringContaining('(KIND_CONFLICT)')]);
  });

  it('is a sum that passes 2^64 − 1 together: what comes to it is refused, the rest stays', () => {
    const { owner, attached, warnings } = makeBoth();
    owner.recordCounter('bytes', 2n ** 64n - 10n);
    attached.recordCounter('bytes', 7);
    expect(owner.snapshot().total('bytes')).toBe(2n ** 64n - 3n);
    attached.recordCounter('bytes', 5);
    expect(owner.snapshot().total('bytes')).toBe(2n ** 64n - 3n);
    expect(owner.account().recorded).toBe(2n ** 64n - 3n);
    expect(owner.threads().refused).toEqual(new Map([['bytes', 5n]]));
    expect(warnings).toEqual([expect.stringContaining('(COUNTER_OVERFLOW)')]);
  });

  it('is a limit that threads reach together: the rest goes to the overflow series, and the sum is exact', () => {
    const { owner, attached, attach } = makeBoth({ cardinalityLimit: 10 });
    const other = attach();
    for (let i = 0; i < 8; i++) {
      attached.recordCounter('requests', 1, { i });
      other.recordCounter('requests', 1, { i: i + 4 });
      other.recordLatencyMs('work', i, { i });
      owner.recordLatencyMs('work', i, { i: i + 4 });
    }
    const snapshot = owner.snapshot();
    expect(snapshot.points.length).toBe(20);
    expect(owner.account().byName.get('requests')?.recorded).toBe(16n);
    expect(owner.account().byName.get('work')?.recorded).toBe(16n);
    expect(owner.overflowedRecords().get('requests')).toBeGreaterThan(0);
  });

  it('is other bounds there: counts, sum, min and max stay exact, and buckets come as near as they can', () => {
    const { owner, attached, warnings } = makeBoth();
    const latency = attached.latency('work', { boundsMs: [10, 20, 30] });
    owner.latency('work', { boundsMs: [15, 30] }).record(1);
    for (const each of [5, 12, 25, 70]) latency.record(each);
    const [point] = owner.snapshot().points;
    // 12 is somewhere up to 20, for all that is known; all that is above 30 is at 70 at the most.
    expect(point).toMatchObject({ total: { count: 5, sum: 113, min: 1, max: 70 } });
    expect(point?.type === 'histogram' && [...point.total.bucketCounts]).toEqual([2, 2, 1]);
    expect(warnings).toEqual([expect.stringContaining('"work" was already made with another bounds')]);
  });

  it.each(['explicit', 'exponential'] as const)(
    'is another form of buckets than the %s ones there',
    (latencyHistogram) => {
      const { owner, attached, warnings } = makeBoth({ latencyHistogram });
      const bounds = [1, 10, 100];
      const [here, there] = latencyHistogram === 'explicit' ? [undefined, bounds] : [bounds, undefined];
      const values = [0, 0.5, 7, 7, 300];
      for (const each of values) attached.histogram('size', { bounds: here }).record(each);
      owner.histogram('size', { bounds: there }).record(2);
      const [point] = owner.snapshot().points;
      expect(point).toMatchObject({ total: { count: 6, sum: 316.5, min: 0, max: 300 } });
      expect(warnings).toEqual([expect.stringMatching(here ? /another bounds/ : /other buckets/)]);
    },
  );

  it('is which of several values of a gauge was set last', () => {
    const { owner } = makeBoth();
    const [early, late] = [new ManualClock(), new ManualClock()];
    late.wallMs += 1000;
    const [first, second] = [early, late].map((clock) => TelemetryHandle.attach(owner.share(), { clock }));
    second?.recordGauge('depth', 2);
    first?.recordGauge('depth', 1);
    expect(owner.snapshot().gauge('depth')).toBe(2);
    late.wallMs += 1;
    second?.recordGauge('depth', 3);
    expect(owner.snapshot().gauge('depth')).toBe(3);
  });
});

function codeOf(result: {
  readonly ok: boolean;
  readonly error?: { readonly code: string };
}): string | undefined {
  return result.error?.code;
}
