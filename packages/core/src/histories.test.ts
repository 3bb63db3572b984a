import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes } from './attributes.ts';
import type {
  ExportOptions,
  ExportOutcome,
  ExportReport,
  ExportedPart,
  Exporter,
  PointRange,
  Temporality,
} from './exporter.ts';
import type { Counter, Histogram, Latency } from './instruments.ts';
import type { Snapshot } from './snapshot/snapshot.ts';
import type { InstrumentKind } from './state/metric.ts';
import { TelemetryError } from './telemetry-error.ts';
import { sendsDelta } from './temporality.ts';
import type { AttachedTelemetry } from './threads/attached-telemetry.ts';
import { TelemetryHandle, type TelemetryHandleOptions } from './index.ts';
import { DeltaCollector } from './testing/delta-collector.ts';
import { ManualClock } from './testing/manual-clock.ts';
import { ModelCollector } from './testing/model-collector.ts';

/** Less than the wait before a second try: each flush tries once. */
const shortMs = 100;

type Status = ExportOutcome['status'];

type Step =
  | { readonly act: 'count'; readonly chain: string; readonly delta: bigint; readonly isBound: boolean }
  | {
      readonly act: 'measure';
      readonly chain: string;
      readonly ms: readonly number[];
      readonly how: 'by name' | 'bound' | 'on a thread';
    }
  | { readonly act: 'weigh'; readonly chain: string; readonly values: readonly number[] }
  | { readonly act: 'move'; readonly chain: string; readonly by: bigint }
  | { readonly act: 'set'; readonly chain: string; readonly value: number; readonly isBound: boolean }
  /** From now on an observer says so: a total that grows, or begins anew. */
  | { readonly act: 'observe'; readonly chain: string; readonly by: number; readonly isAnew: boolean }
  | { readonly act: 'stop observing' }
  | { readonly act: 'count on a thread'; readonly chain: string; readonly delta: number }
  | { readonly act: 'detach' }
  | {
      readonly act: 'flush';
      readonly statuses: readonly Status[];
      readonly during: readonly bigint[];
      /** How a synchronous flush ends that comes meanwhile, if one does. */
      readonly overtakenBy: readonly Status[] | undefined;
    }
  | { readonly act: 'flush synchronously'; readonly statuses: readonly Status[] }
  | { readonly act: 'look' };

const status = fc.constantFrom<Status>(
  'accepted',
  'partial',
  'not-delivered',
  'refused',
  'ambiguous',
  'rejected',
);

/** What is recorded: counters, latencies, histograms, sums that fall, gauges, what is observed, and on threads. */
const kinds: Readonly<Record<string, InstrumentKind>> = {
  c: 'counter',
  p: 'latency',
  h: 'histogram',
  u: 'up-down-counter',
  g: 'gauge',
  o: 'observed-counter',
  t: 'counter',
};

/** Stands for the series without attributes. */
const noChain = 'none';

function attributesOf(chain: string): Attributes | undefined {
  return chain === noChain ? undefined : { chain };
}

/** `mostlyAccepted`: how much more often than anything else a flush is accepted whole. */
function stepOn(chains: readonly string[], mostlyAccepted: number): fc.Arbitrary<Step> {
  const chain = fc.constantFrom(...chains);
  const delta = fc.oneof(
    { weight: 4, arbitrary: fc.bigInt(0n, 10n) },
    { weight: 1, arbitrary: fc.bigInt(0n, 2n ** 64n) },
    { weight: 1, arbitrary: fc.constantFrom(2n ** 53n - 1n, 2n ** 62n, 2n ** 63n - 1n, 2n ** 63n) },
  );
  const oneMs = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 12 });
  // Now and then more than a bound instrument has room for.
  const ms = fc.oneof(
    { weight: 9, arbitrary: oneMs },
    {
      weight: 1,
      arbitrary: oneMs.map((each) => Array.from({ length: 200 }, (_, i) => each[i % each.length] ?? 0)),
    },
  );
  const by = fc.oneof(
    fc.bigInt(-10n, 10n),
    fc.constantFrom(2n ** 53n, -(2n ** 53n), 2n ** 62n, -(2n ** 62n)),
  );
  const statuses = fc.oneof(
    { weight: mostlyAccepted, arbitrary: fc.constant<Status[]>(['accepted']) },
    { weight: 1, arbitrary: fc.array(status, { minLength: 1, maxLength: 3 }) },
  );
  const small = fc.nat({ max: 10 });
  const records = fc.oneof(
    fc.record({ act: fc.constant('count' as const), chain, delta, isBound: fc.boolean() }),
    fc.record({
      act: fc.constant('measure' as const),
      chain,
      ms,
      how: fc.constantFrom('by name' as const, 'bound' as const, 'on a thread' as const),
    }),
    fc.record({
      act: fc.constant('weigh' as const),
      chain,
      values: ms.map((each) => each.map((value) => value - 50)),
    }),
    fc.record({ act: fc.constant('move' as const), chain, by }),
    fc.record({ act: fc.constant('set' as const), chain, value: small, isBound: fc.boolean() }),
    fc.record({ act: fc.constant('observe' as const), chain, by: small, isAnew: fc.boolean() }),
    fc.record({ act: fc.constant('count on a thread' as const), chain, delta: small }),
  );
  return fc.oneof(
    { weight: 6, arbitrary: records },
    fc.record({ act: fc.constantFrom('stop observing' as const, 'detach' as const) }),
    {
      weight: 3,
      arbitrary: fc.record({
        act: fc.constant('flush' as const),
        statuses,
        during: fc.array(fc.bigInt(0n, 10n), { maxLength: 2 }),
        overtakenBy: fc.option(statuses, { nil: undefined, freq: 8 }),
      }),
    },
    fc.record({ act: fc.constant('flush synchronously' as const), statuses }),
    fc.record({ act: fc.constant('look' as const) }),
  );
}

const ways = [
  'count',
  'measure',
  'weigh',
  'move',
  'set',
  'observe',
  'count on a thread',
] as const satisfies readonly Step['act'][];

/** Histories in which some of the ways to record occur, and those often: so that metrics fill up and make room. */
function historyOn(
  chains: readonly string[],
  options: { readonly mostlyAccepted: number; readonly maxLength: number },
): fc.Arbitrary<readonly Step[]> {
  const { mostlyAccepted, maxLength } = options;
  return fc
    .tuple(
      fc.subarray([...ways], { minLength: 1 }),
      fc.array(stepOn(chains, mostlyAccepted), { maxLength, size: 'max' }),
    )
    .map(([some, steps]) =>
      steps.filter(({ act }) => some.some((way) => way === act) || !ways.some((way) => way === act)),
    );
}

/** A handle with an exporter whose points end in model collectors, and the caller's own tally of all it recorded. */
class History implements Exporter {
  readonly temporality: Temporality;
  readonly telemetry: TelemetryHandle;
  /** What the caller recorded, by metric and by series. */
  readonly tally = new Map<string, bigint>();
  readonly tallyBySeries = new Map<string, bigint>();
  /** What was measured since the last delivery, by series. */
  readonly undelivered = new Map<string, number[]>();
  /** What a gauge was set to last, by chain. */
  readonly gauges = new Map<string, number>();
  /** What arrived and was accepted; what arrived and was accepted or taken in part. */
  readonly accepted = new ModelCollector();
  readonly settled = new ModelCollector();
  readonly deltas = new DeltaCollector();
  readonly kept: { readonly snapshot: Snapshot; readonly json: string }[] = [];
  readonly #bound = new Map<string, Counter>();
  readonly #boundDistributions = new Map<string, Latency | Histogram>();
  #thread: AttachedTelemetry | undefined = undefined;
  /** What is observed now, and was when it was asked for last, by chain. */
  readonly #observed = new Map<string, number>();
  readonly #lastObserved = new Map<string, number>();
  #stopObserving: (() => void) | undefined = undefined;
  readonly #isLimited: boolean;
  #statuses: readonly Status[] = [];
  #during: readonly bigint[] = [];
  #overtakenBy: readonly Status[] | undefined = undefined;
  isAllAccepted = true;

  constructor(options: Partial<TelemetryHandleOptions>, temporality: Temporality = 'cumulative') {
    this.temporality = temporality;
    this.#isLimited = options.cardinalityLimit !== undefined;
    this.telemetry = new TelemetryHandle({
      exporter: this,
      clock: new ManualClock(),
      timeoutMs: shortMs,
      ...options,
    });
  }

  count(chain: string, delta: bigint, isBound = false): void {
    const { telemetry } = this;
    const bound = this.#bound.get(chain) ?? telemetry.counter('c', { attributes: attributesOf(chain) });
    this.#bound.set(chain, bound);
    const given = delta <= Number.MAX_SAFE_INTEGER ? Number(delta) : delta;
    const result = isBound ? bound.add(given) : telemetry.recordCounter('c', given, attributesOf(chain));
    if (result.ok) this.#tell('c', chain, delta);
    else expect(result.error.code).toBe('COUNTER_OVERFLOW');
  }

  measure(chain: string, ms: readonly number[], how: 'by name' | 'bound' | 'on a thread'): void {
    const recording = how === 'on a thread' ? this.#attached() : this.telemetry;
    const bound = this.#distribution('p', chain);
    for (const each of ms) {
      const result =
        how === 'bound' ? bound.record(each) : recording.recordLatencyMs('p', each, attributesOf(chain));
      expect(result).toEqual({ ok: true });
    }
    this.#tellMeasured('p', chain, ms);
  }

  weigh(chain: string, values: readonly number[]): void {
    const bound = this.#distribution('h', chain);
    for (const each of values) expect(bound.record(each)).toEqual({ ok: true });
    this.#tellMeasured('h', chain, values);
  }

  set(chain: string, value: number, isBound: boolean): void {
    const attributes = attributesOf(chain);
    const result = isBound
      ? this.telemetry.gauge('g', { attributes }).set(value)
      : this.telemetry.recordGauge('g', value, attributes);
    expect(result).toEqual({ ok: true });
    this.gauges.set(chain, value);
  }

  observe(chain: string, by: number, isAnew: boolean): void {
    // Totals that share the overflow series are one total: it can't be told that one of them began anew.
    const before = isAnew && !this.#isLimited ? 0 : (this.#observed.get(chain) ?? 0);
    this.#observed.set(chain, by + before);
    this.#stopObserving ??= this.telemetry.observe('o', () => this.#answerObserved(), { kind: 'counter' });
  }

  stopObserving(): void {
    this.#stopObserving?.();
    this.#stopObserving = undefined;
    this.#observed.clear();
    this.#lastObserved.clear();
  }

  countOnThread(chain: string, delta: number): void {
    expect(this.#attached().recordCounter('t', delta, attributesOf(chain))).toEqual({ ok: true });
    this.#tell('t', chain, BigInt(delta));
  }

  /** Ends the attachment; the next record on a thread makes another one. */
  detach(): void {
    this.#thread?.detach();
    this.#thread = undefined;
  }

  #attached(): AttachedTelemetry {
    return (this.#thread ??= TelemetryHandle.attach(this.telemetry.share()));
  }

  #distribution(name: 'p' | 'h', chain: string): Latency | Histogram {
    const attributes = attributesOf(chain);
    const bound =
      this.#boundDistributions.get(`${name} ${chain}`) ??
      (name === 'p'
        ? this.telemetry.latency(name, { attributes })
        : this.telemetry.histogram(name, { attributes }));
    this.#boundDistributions.set(`${name} ${chain}`, bound);
    return bound;
  }

  #answerObserved(): readonly { readonly value: number; readonly attributes?: Attributes | undefined }[] {
    for (const [chain, total] of this.#observed) {
      const last = this.#lastObserved.get(chain) ?? 0;
      this.#tell('o', chain, BigInt(total >= last ? total - last : total));
      this.#lastObserved.set(chain, total);
    }
    return Array.from(this.#observed, ([chain, value]) => ({ value, attributes: attributesOf(chain) }));
  }

  move(chain: string, by: bigint): void {
    const result = this.telemetry.upDownCounter('u', { attributes: attributesOf(chain) }).add(by);
    if (result.ok) this.#tell('u', chain, by);
    else expect(result.error.code).toBe('COUNTER_OVERFLOW');
  }

  async flush(
    statuses: readonly Status[],
    during: readonly bigint[],
    overtakenBy?: readonly Status[],
  ): Promise<void> {
    this.#statuses = statuses;
    this.#during = during;
    this.#overtakenBy = overtakenBy;
    this.isAllAccepted = true;
    const result = await this.telemetry.flush({ force: true });
    if (overtakenBy === undefined) expect(result.ok).toBe(this.isAllAccepted);
    this.#overtakenBy = undefined;
  }

  flushSync(statuses: readonly Status[]): void {
    this.#statuses = statuses;
    this.isAllAccepted = true;
    expect(this.telemetry.flushSync()?.ok).toBe(this.isAllAccepted);
  }

  async export(snapshot: Snapshot, { ranges = wholeOf(snapshot) }: ExportOptions): Promise<ExportReport> {
    const measured = this.#measured();
    for (const delta of this.#during) this.count('a', delta);
    await Promise.resolve();
    for (const delta of this.#during) this.count('b', delta);
    this.#during = [];
    const overtakenBy = this.#overtakenBy;
    if (overtakenBy === undefined) return this.#answerAll(snapshot, ranges, measured);
    // It has arrived, and may have been taken; what comes of it in the end nobody hears.
    this.#overtakenBy = undefined;
    const statuses = this.#statuses;
    for (const { from, to } of ranges) {
      for (let i = from; i < to; i++) this.#answer(snapshot, i, 'ambiguous', measured);
    }
    this.flushSync(overtakenBy);
    return { parts: ranges.flatMap((range) => split(range, statuses)) };
  }

  exportSync(
    snapshot: Snapshot,
    { ranges = wholeOf(snapshot) }: Pick<ExportOptions, 'ranges'>,
  ): ExportReport {
    return this.#answerAll(snapshot, ranges, this.#measured());
  }

  #measured(): ReadonlyMap<string, number> {
    return new Map([...this.undelivered].map(([series, values]) => [series, values.length]));
  }

  #answerAll(
    snapshot: Snapshot,
    ranges: readonly PointRange[],
    measured: ReadonlyMap<string, number>,
  ): ExportReport {
    const statuses = this.#statuses;
    this.#statuses = ['accepted'];
    const parts = ranges.flatMap((range) => split(range, statuses));
    for (const { from, to, outcome } of parts) {
      for (let i = from; i < to; i++) this.#answer(snapshot, i, outcome.status, measured);
    }
    this.kept.push({ snapshot, json: JSON.stringify(snapshot) });
    const [only, second] = parts;
    return only !== undefined && second === undefined && only.to === snapshot.points.length && only.from === 0
      ? only.outcome
      : { parts };
  }

  #answer(snapshot: Snapshot, i: number, outcome: Status, measured: ReadonlyMap<string, number>): void {
    const point = snapshot.points.at(i);
    if (point === undefined) throw new Error(`no point ${i}`);
    if (outcome !== 'accepted') this.isAllAccepted = false;
    if (sendsDelta(point.series.metric.kind, this.temporality)) {
      this.deltas.take(point, snapshot, outcome);
      return;
    }
    if (outcome === 'accepted') this.accepted.take(point, snapshot);
    if (outcome !== 'accepted' && outcome !== 'partial') return;
    this.settled.take(point, snapshot);
    const series = `${point.series.metric.name} ${String(point.series.attributes['chain'] ?? noChain)}`;
    const rest = this.undelivered.get(series)?.slice(measured.get(series) ?? 0);
    if (rest !== undefined) this.undelivered.set(series, rest);
  }

  /** The account says of every metric what the caller tallied and what the collectors summed up. */
  checkAccount(): void {
    const account = this.telemetry.account();
    for (const [name, recorded] of this.tally) {
      if (sendsDelta(kinds[name] as InstrumentKind, this.temporality)) {
        expect(account.byName.get(name)).toEqual({
          recorded,
          ...this.deltas.amounts(name, recorded),
          dropped: 0n,
        });
        continue;
      }
      const accepted = this.accepted.sum(name);
      const settled = this.settled.sum(name);
      expect(account.byName.get(name)).toEqual({
        recorded,
        accepted,
        pending: recorded - settled,
        unattributed: settled - accepted,
        rejected: 0n,
        dropped: 0n,
      });
    }
    const { recorded, accepted, pending, rejected, dropped, unattributed } = account;
    expect(accepted + pending + rejected + dropped + unattributed).toBe(recorded);
  }

  checkKept(): void {
    for (const { snapshot, json } of this.kept) expect(JSON.stringify(snapshot)).toBe(json);
  }

  #tellMeasured(name: string, chain: string, values: readonly number[]): void {
    this.#tell(name, chain, BigInt(values.length));
    const series = `${name} ${chain}`;
    this.undelivered.set(series, [...(this.undelivered.get(series) ?? []), ...values]);
  }

  #tell(name: string, chain: string, by: bigint): void {
    this.tally.set(name, (this.tally.get(name) ?? 0n) + by);
    const series = `${name} ${chain}`;
    this.tallyBySeries.set(series, (this.tallyBySeries.get(series) ?? 0n) + by);
  }
}

function wholeOf({ points }: Snapshot): readonly PointRange[] {
  return [{ from: 0, to: points.length }];
}

/** Splits a range evenly among the statuses. */
function split({ from, to }: PointRange, statuses: readonly Status[]): ExportedPart[] {
  const length = to - from;
  return statuses.map((each, i) => ({
    from: from + Math.floor((i * length) / statuses.length),
    to: from + Math.floor(((i + 1) * length) / statuses.length),
    outcome: outcomeOf(each),
  }));
}

function outcomeOf(each: Status): ExportOutcome {
  if (each === 'accepted') return { status: each };
  if (each === 'partial') return { status: each, rejectedDataPoints: 1, message: 'scripted' };
  return { status: each, error: new TelemetryError('TEST_FAILURE', `scripted: ${each}`) };
}

async function play(
  history: History,
  steps: readonly Step[],
  check: (snapshot: Snapshot) => void,
): Promise<void> {
  for (const step of steps) {
    switch (step.act) {
      case 'count':
        history.count(step.chain, step.delta, step.isBound);
        break;
      case 'measure':
        history.measure(step.chain, step.ms, step.how);
        break;
      case 'weigh':
        history.weigh(step.chain, step.values);
        break;
      case 'set':
        history.set(step.chain, step.value, step.isBound);
        break;
      case 'observe':
        history.observe(step.chain, step.by, step.isAnew);
        break;
      case 'stop observing':
        history.stopObserving();
        break;
      case 'count on a thread':
        history.countOnThread(step.chain, step.delta);
        break;
      case 'detach':
        history.detach();
        break;
      case 'move':
        history.move(step.chain, step.by);
        break;
      case 'flush':
        await history.flush(step.statuses, step.during, step.overtakenBy);
        break;
      case 'flush synchronously':
        history.flushSync(step.statuses);
        break;
      case 'look': {
        const snapshot = history.telemetry.snapshot();
        check(snapshot);
        history.kept.push({ snapshot, json: JSON.stringify(snapshot) });
        break;
      }
    }
    history.checkAccount();
  }
  history.checkKept();
  // A frozen window first, then the open one.
  await history.flush(['accepted'], []);
  history.checkAccount();
  expect(history.telemetry.account().pending).toBe(0n);
  history.detach();
  for (const [name, recorded] of history.tally) {
    if (history.temporality === 'cumulative')
      expect([name, history.accepted.sum(name)]).toEqual([name, recorded]);
  }
}

describe('every history of records, looks and flushes', () => {
  it.each(['explicit', 'exponential'] as const)(
    'balances the account and shows what was recorded, with %s buckets',
    async (latencyHistogram) => {
      const steps = historyOn(['a', 'b', noChain], { mostlyAccepted: 1, maxLength: 40 });
      await fc.assert(
        fc.asyncProperty(steps, async (history) => {
          const played = new History({ latencyHistogram });
          await play(played, history, (snapshot) => {
            for (const [series, recorded] of played.tallyBySeries) {
              const [name = '', chain = ''] = series.split(' ');
              // What is no more observed goes once it is delivered.
              if (name === 'c' || name === 'u' || name === 't')
                expect(snapshot.total(name, attributesOf(chain))).toBe(recorded);
            }
            for (const [series, values] of played.undelivered) {
              const [name = '', chain = ''] = series.split(' ');
              expect(snapshot.latency(name, attributesOf(chain))).toMatchObject({
                count: values.length,
                sum: values.reduce((sum, each) => sum + each, 0),
                min: values.length === 0 ? undefined : Math.min(...values),
                max: values.length === 0 ? undefined : Math.max(...values),
              });
            }
            for (const [chain, value] of played.gauges)
              expect(snapshot.gauge('g', attributesOf(chain))).toBe(value);
          });
        }),
        { numRuns: 800 },
      );
    },
  );

  it('loses nothing and stays within the limit when series overflow, make room, and come back', async () => {
    const steps = historyOn(['a', 'b', 'c', noChain], { mostlyAccepted: 8, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.constantFrom('explicit', 'exponential'),
        async (history, latencyHistogram) => {
          const played = new History({
            latencyHistogram,
            cardinalityLimit: 3,
            idleFlushesBeforeRetirement: 1,
          });
          await play(played, history, (snapshot) => {
            expect(snapshot.points.length).toBeLessThanOrEqual(7 * 3);
          });
        },
      ),
      { numRuns: 600 },
    );
  });

  it.each(['delta', 'low-memory'] as const)(
    'settles every %s window once, and sends again what may have been taken exactly as it was',
    async (temporality) => {
      const steps = historyOn(['a', 'b', noChain], { mostlyAccepted: 1, maxLength: 40 });
      await fc.assert(
        fc.asyncProperty(
          steps,
          fc.constantFrom('explicit', 'exponential'),
          async (history, latencyHistogram) => {
            await play(new History({ latencyHistogram }, temporality), history, () => {});
          },
        ),
        { numRuns: 1000 },
      );
    },
  );

  it('loses no delta when series overflow, make room, and come back', async () => {
    const steps = historyOn(['a', 'b', 'c', noChain], { mostlyAccepted: 8, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const played = new History({ cardinalityLimit: 3, idleFlushesBeforeRetirement: 1 }, 'delta');
        await play(played, history, (snapshot) => expect(snapshot.points.length).toBeLessThanOrEqual(7 * 3));
      }),
      { numRuns: 600 },
    );
  });
});
