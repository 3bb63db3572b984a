import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ExportOutcome, ExportReport } from './exporter.ts';
import type { Snapshot } from './snapshot/snapshot.ts';
import { TelemetryError } from './telemetry-error.ts';
import { TelemetryHandle } from './telemetry-handle.ts';
import { ScriptedExporter } from './testing/scripted-exporter.ts';

type Status = ExportOutcome['status'];

type Step =
  | { readonly act: 'count'; readonly chain: string; readonly delta: bigint; readonly isBound: boolean }
  | { readonly act: 'measure'; readonly chain: string; readonly ms: number }
  | { readonly act: 'flush'; readonly statuses: readonly Status[]; readonly during: readonly bigint[] }
  | { readonly act: 'look' };

const chain = fc.constantFrom('a', 'b', 'c');
const delta = fc.oneof(fc.bigInt(0n, 10n), fc.bigInt(0n, 2n ** 64n), fc.constant(2n ** 53n - 1n));
const status = fc.constantFrom<Status>(
  'accepted',
  'partial',
  'not-delivered',
  'refused',
  'ambiguous',
  'rejected',
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ act: fc.constant('count' as const), chain, delta, isBound: fc.boolean() }),
  fc.record({ act: fc.constant('measure' as const), chain, ms: fc.integer({ min: 0, max: 100 }) }),
  fc.record({
    act: fc.constant('flush' as const),
    statuses: fc.array(status, { minLength: 1, maxLength: 3 }),
    during: fc.array(fc.bigInt(0n, 10n), { maxLength: 2 }),
  }),
  fc.record({ act: fc.constant('look' as const) }),
);

/** One series as a reader who knows nothing of the product would keep it. */
class ModelSeries {
  recorded = 0n;
  /** What is settled, and of that what is known to be with the collector. */
  settled = 0n;
  accepted = 0n;
  /** What was measured since the last delivery. */
  undelivered: number[] = [];

  settle(outcome: Status, sent: { readonly recorded: bigint; readonly measured: number }): void {
    if (outcome === 'accepted') this.accepted = sent.recorded;
    if (outcome !== 'accepted' && outcome !== 'partial') return;
    this.settled = sent.recorded;
    this.undelivered = this.undelivered.slice(sent.measured);
  }
}

class Model {
  readonly counters = new Map<string, ModelSeries>();
  readonly latencies = new Map<string, ModelSeries>();

  static seriesOf(map: Map<string, ModelSeries>, name: string): ModelSeries {
    const series = map.get(name) ?? new ModelSeries();
    map.set(name, series);
    return series;
  }

  get all(): readonly ModelSeries[] {
    return [...this.counters.values(), ...this.latencies.values()];
  }

  sum(of: (series: ModelSeries) => bigint): bigint {
    return this.all.reduce((sum, series) => sum + of(series), 0n);
  }
}

function checkSnapshot(snapshot: Snapshot, model: Model): void {
  for (const [name, series] of model.counters) {
    expect(snapshot.total('c', { chain: name })).toBe(series.recorded);
    expect(snapshot.counter('c', { chain: name })).toBe(series.recorded - series.settled);
  }
  for (const [name, { undelivered }] of model.latencies) {
    expect(snapshot.latency('p', { chain: name })).toMatchObject({
      count: undelivered.length,
      sum: undelivered.reduce((sum, ms) => sum + ms, 0),
      min: undelivered.length === 0 ? undefined : Math.min(...undelivered),
      max: undelivered.length === 0 ? undefined : Math.max(...undelivered),
    });
  }
  expect(snapshot.points).toHaveLength(model.all.length);
}

function checkAccount(telemetry: TelemetryHandle, model: Model): void {
  const account = telemetry.account();
  expect(account).toMatchObject({
    recorded: model.sum((series) => series.recorded),
    accepted: model.sum((series) => series.accepted),
    pending: model.sum((series) => series.recorded - series.settled),
    unattributed: model.sum((series) => series.settled - series.accepted),
    rejected: 0n,
    dropped: 0n,
  });
}

/** Splits the points of a snapshot evenly among the statuses. */
function reportOf(snapshot: Snapshot, statuses: readonly Status[]): ExportReport {
  const { length } = snapshot.points;
  const parts = statuses.map((each, i) => ({
    from: Math.floor((i * length) / statuses.length),
    to: Math.floor(((i + 1) * length) / statuses.length),
    outcome: outcomeOf(each),
  }));
  return parts.length === 1 ? outcomeOf(statuses[0] ?? 'accepted') : { parts };
}

function outcomeOf(each: Status): ExportOutcome {
  if (each === 'accepted') return { status: each };
  if (each === 'partial') return { status: each, rejectedDataPoints: 1, message: 'scripted' };
  return { status: each, error: new TelemetryError('TEST_FAILURE', `scripted: ${each}`) };
}

/** What each point of a snapshot was answered. */
function* answered(report: ExportReport, snapshot: Snapshot): Generator<readonly [string, string, Status]> {
  const parts = 'parts' in report ? report.parts : [{ from: 0, to: snapshot.points.length, outcome: report }];
  for (const { from, to, outcome } of parts) {
    for (let i = from; i < to; i++) {
      const series = snapshot.points.at(i)?.series;
      yield [series?.metric.name ?? '', String(series?.attributes['chain']), outcome.status];
    }
  }
}

async function play(steps: readonly Step[]): Promise<void> {
  const model = new Model();
  const exporter = new ScriptedExporter();
  const telemetry = new TelemetryHandle({ exporter });
  const kept: { readonly snapshot: Snapshot; readonly json: string }[] = [];

  function count(name: string, by: bigint, isBound = false): void {
    const result = isBound
      ? telemetry.counter('c', { attributes: { chain: name } }).add(by)
      : telemetry.recordCounter('c', by <= Number.MAX_SAFE_INTEGER ? Number(by) : by, { chain: name });
    const known = model.counters.get(name)?.recorded ?? 0n;
    expect(result.ok).toBe(known + by < 2n ** 64n);
    if (result.ok) Model.seriesOf(model.counters, name).recorded += by;
  }

  for (const each of steps) {
    switch (each.act) {
      case 'count':
        count(each.chain, each.delta, each.isBound);
        break;
      case 'measure': {
        expect(telemetry.recordLatencyMs('p', each.ms, { chain: each.chain }).ok).toBe(true);
        const series = Model.seriesOf(model.latencies, each.chain);
        series.recorded += 1n;
        series.undelivered.push(each.ms);
        break;
      }
      case 'look': {
        const snapshot = telemetry.snapshot();
        checkSnapshot(snapshot, model);
        kept.push({ snapshot, json: JSON.stringify(snapshot) });
        break;
      }
      case 'flush': {
        let isAccepted = true;
        // Nothing is exported before there is something.
        if (model.all.length > 0)
          exporter.next(async (snapshot) => {
            checkSnapshot(snapshot, model);
            const sent = new Map(
              model.all.map((series) => [
                series,
                { recorded: series.recorded, measured: series.undelivered.length },
              ]),
            );
            const report = reportOf(snapshot, each.statuses);
            for (const by of each.during) count('a', by);
            await Promise.resolve();
            for (const by of each.during) count('b', by);
            for (const [name, of, outcome] of answered(report, snapshot)) {
              const series = (name === 'c' ? model.counters : model.latencies).get(of);
              if (series === undefined) throw new Error(`no series ${name} ${of}`);
              isAccepted &&= outcome === 'accepted';
              series.settle(outcome, sent.get(series) ?? { recorded: 0n, measured: 0 });
            }
            kept.push({ snapshot, json: JSON.stringify(snapshot) });
            return report;
          });
        const result = await telemetry.flush();
        expect(result.ok).toBe(isAccepted);
        break;
      }
    }
    checkAccount(telemetry, model);
  }
  for (const { snapshot, json } of kept) expect(JSON.stringify(snapshot)).toBe(json);
}

it('balances its account and shows what was recorded, in every history of records, looks and flushes', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), play), { numRuns: 2000 });
});
