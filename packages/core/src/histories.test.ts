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
import type { Counter } from './record/counter.ts';
import type { Latency } from './record/latency.ts';
import type { Snapshot } from './snapshot/snapshot.ts';
import { TelemetryError } from './telemetry-error.ts';
import { sendsDelta } from './temporality.ts';
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
      readonly isBound: boolean;
    }
  | { readonly act: 'move'; readonly chain: string; readonly by: bigint }
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
  return fc.oneof(
    fc.record({ act: fc.constant('count' as const), chain, delta, isBound: fc.boolean() }),
    fc.record({ act: fc.constant('measure' as const), chain, ms, isBound: fc.boolean() }),
    fc.record({ act: fc.constant('move' as const), chain, by }),
    fc.record({
      act: fc.constant('flush' as const),
      statuses,
      during: fc.array(fc.bigInt(0n, 10n), { maxLength: 2 }),
      overtakenBy: fc.option(statuses, { nil: undefined, freq: 8 }),
    }),
    fc.record({ act: fc.constant('flush synchronously' as const), statuses }),
    fc.record({ act: fc.constant('look' as const) }),
  );
}

/** A handle with an exporter whose points end in model collectors, and the caller's own tally of all it recorded. */
class History implements Exporter {
  readonly temporality: Temporality;
  readonly telemetry: TelemetryHandle;
  /** What the caller recorded, by metric and by series. */
  readonly tally = new Map<string, bigint>();
  readonly tallyBySeries = new Map<string, bigint>();
  /** What was measured since the last delivery, by chain. */
  readonly undelivered = new Map<string, number[]>();
  /** What arrived and was accepted; what arrived and was accepted or taken in part. */
  readonly accepted = new ModelCollector();
  readonly settled = new ModelCollector();
  readonly deltas = new DeltaCollector();
  readonly kept: { readonly snapshot: Snapshot; readonly json: string }[] = [];
  readonly #bound = new Map<string, Counter>();
  readonly #boundLatencies = new Map<string, Latency>();
  #statuses: readonly Status[] = [];
  #during: readonly bigint[] = [];
  #overtakenBy: readonly Status[] | undefined = undefined;
  isAllAccepted = true;

  constructor(options: Partial<TelemetryHandleOptions>, temporality: Temporality = 'cumulative') {
    this.temporality = temporality;
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

  measure(chain: string, ms: readonly number[], isBound: boolean): void {
    const bound =
      this.#boundLatencies.get(chain) ?? this.telemetry.latency('p', { attributes: attributesOf(chain) });
    this.#boundLatencies.set(chain, bound);
    for (const each of ms) {
      const result = isBound
        ? bound.record(each)
        : this.telemetry.recordLatencyMs('p', each, attributesOf(chain));
      expect(result).toEqual({ ok: true });
    }
    this.#tell('p', chain, BigInt(ms.length));
    this.undelivered.set(chain, [...(this.undelivered.get(chain) ?? []), ...ms]);
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
    return new Map([...this.undelivered].map(([chain, ms]) => [chain, ms.length]));
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
    const chain = String(point.series.attributes['chain'] ?? noChain);
    const rest = this.undelivered.get(chain)?.slice(measured.get(chain) ?? 0);
    if (point.series.metric.name === 'p') this.undelivered.set(chain, rest ?? []);
  }

  /** The account says of every metric what the caller tallied and what the collectors summed up. */
  checkAccount(): void {
    const account = this.telemetry.account();
    for (const [name, recorded] of this.tally) {
      if (name !== 'u' && this.temporality !== 'cumulative') {
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
        history.measure(step.chain, step.ms, step.isBound);
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
  for (const [name, recorded] of history.tally) {
    if (history.temporality === 'cumulative')
      expect([name, history.accepted.sum(name)]).toEqual([name, recorded]);
  }
}

describe('every history of records, looks and flushes', () => {
  it.each(['explicit', 'exponential'] as const)(
    'balances the account and shows what was recorded, with %s buckets',
    async (latencyHistogram) => {
      const steps = fc.array(stepOn(['a', 'b', noChain], 1), { maxLength: 30 });
      await fc.assert(
        fc.asyncProperty(steps, async (history) => {
          const played = new History({ latencyHistogram });
          await play(played, history, (snapshot) => {
            for (const [series, recorded] of played.tallyBySeries) {
              const [name = '', chain = ''] = series.split(' ');
              if (name !== 'p') expect(snapshot.total(name, attributesOf(chain))).toBe(recorded);
            }
            for (const [chain, ms] of played.undelivered) {
              expect(snapshot.latency('p', attributesOf(chain))).toMatchObject({
                count: ms.length,
                sum: ms.reduce((sum, each) => sum + each, 0),
                min: ms.length === 0 ? undefined : Math.min(...ms),
                max: ms.length === 0 ? undefined : Math.max(...ms),
              });
            }
          });
        }),
        { numRuns: 1000 },
      );
    },
  );

  it('loses nothing and stays within the limit when series overflow, make room, and come back', async () => {
    const steps = fc.array(stepOn(['a', 'b', 'c', noChain], 8), { maxLength: 60 });
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
            expect(snapshot.points.length).toBeLessThanOrEqual(3 * 3);
          });
        },
      ),
      { numRuns: 1500 },
    );
  });

  it.each(['delta', 'low-memory'] as const)(
    'settles every %s window once, and sends again what may have been taken exactly as it was',
    async (temporality) => {
      const steps = fc.array(stepOn(['a', 'b', noChain], 1), { maxLength: 40 });
      await fc.assert(
        fc.asyncProperty(
          steps,
          fc.constantFrom('explicit', 'exponential'),
          async (history, latencyHistogram) => {
            await play(new History({ latencyHistogram }, temporality), history, () => {});
          },
        ),
        { numRuns: 1500 },
      );
    },
  );

  it('loses no delta when series overflow, make room, and come back', async () => {
    const steps = fc.array(stepOn(['a', 'b', 'c', noChain], 8), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const played = new History({ cardinalityLimit: 3, idleFlushesBeforeRetirement: 1 }, 'delta');
        await play(played, history, (snapshot) => expect(snapshot.points.length).toBeLessThanOrEqual(9));
      }),
      { numRuns: 1000 },
    );
  });
});
