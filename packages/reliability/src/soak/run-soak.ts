import { setImmediate as yieldToOthers, setTimeout as wait } from 'node:timers/promises';
import { type FlushResult, TelemetryHandle, validateConfig } from '@pqcnet/telemetry';
import { CollectorProcess } from '../collector-process/collector-process.ts';
import { type Finding, type HeapSample, checkAccount, checkSums, fitHeap, judgeHeap } from './judge.ts';
import type { SoakOptions } from './read-options.ts';
import { Load, cardinalityLimitFor } from './record-load.ts';
import { type ProcessSample, ProcessWatch } from './watch-process.ts';

/** How many records are made before others have their turn: about a millisecond's worth. */
const recordsInARow = 5000;
const betweenFlushesMs = 50;
const flushTimeoutMs = 2500;
const betweenReportsMs = 10_000;
const churnEveryMs = 1000;
const churnedShare = 0.01;
/** Few, since few flushes deliver everything: idle series are to make room all the time. */
const idleFlushesBeforeRetirement = 2;
const failingShare = 0.5;
const mostLastFlushes = 50;

/** Progress is how a soak goes, printed every ten seconds. */
export interface Progress {
  readonly seconds: number;
  readonly records: number;
  /** How many series there were in all. */
  readonly seriesMade: number;
  /** How many of them the handle has now. */
  readonly series: number;
  readonly flushes: { readonly good: number; readonly failed: ReadonlyMap<string, number> };
  readonly account: ReturnType<TelemetryHandle['account']>;
  readonly collected: bigint;
  readonly process: ProcessSample;
  /** What is not as it should be. */
  readonly wrong: readonly Finding[];
}

/** runSoak records, flushes and reports for as long as it was told to, and gives what it found in the end. */
export async function runSoak(
  options: SoakOptions,
  report: (progress: Progress) => void,
): Promise<readonly Finding[]> {
  const { minutes, temporality, protocol, series, seed } = options;
  await using collector = await CollectorProcess.start();
  const config = validateConfig(
    {
      endpoint: collector.url,
      temporality,
      protocol,
      timeoutMs: flushTimeoutMs,
      cardinalityLimit: cardinalityLimitFor(series),
      idleFlushesBeforeRetirement,
    },
    { environment: {} },
  );
  const telemetry = TelemetryHandle.fromConfig(config);
  await collector.ask({ do: 'fail', share: failingShare, seed });
  const load = new Load(telemetry, series);
  const watch = new ProcessWatch();
  const begunMs = performance.now();
  const elapsedMs = (): number => performance.now() - begunMs;
  const isOver = (): boolean => elapsedMs() >= minutes * 60_000;
  const good: { count: number } = { count: 0 };
  const failed = new Map<string, number>();
  const heap: HeapSample[] = [];
  const wrong: Finding[] = [];
  let isSampleDue = true;

  async function flushOnAndOn(): Promise<void> {
    for (let turn = 0; !isOver(); turn++) {
      // Those with one try only are many; those that try again wait between their tries.
      const { ok, code } = await flushOnce(telemetry, { maxAttempts: turn % 2 === 0 ? 1 : undefined });
      if (ok) good.count += 1;
      else failed.set(code, (failed.get(code) ?? 0) + 1);
      if (ok && isSampleDue) {
        // Always just after a delivery: what is under way, or kept for another try, would blur the trend.
        isSampleDue = false;
        const { heapMiB, externalMiB } = watch.sample();
        heap.push({ minutes: elapsedMs() / 60_000, usedMiB: heapMiB + externalMiB });
      }
      await wait(betweenFlushesMs);
    }
  }

  async function reportOnAndOn(): Promise<void> {
    while (!isOver()) {
      await wait(Math.min(betweenReportsMs, Math.max(1, minutes * 60_000 - elapsedMs())));
      const sample = watch.sample();
      const account = telemetry.account();
      const unbalanced = checkAccount(account, load.tally).filter(({ isGood }) => !isGood);
      wrong.push(...unbalanced);
      isSampleDue = true;
      const { byName } = await collector.ask({ do: 'tell' });
      report({
        seconds: elapsedMs() / 1000,
        records: load.records.made,
        seriesMade: load.seriesMade,
        series: telemetry.snapshot().points.length,
        flushes: { good: good.count, failed },
        account,
        collected: [...byName.values()].reduce((sum, each) => sum + each, 0n),
        process: sample,
        wrong: unbalanced,
      });
    }
  }

  async function recordOnAndOn(): Promise<void> {
    let churnAtMs = churnEveryMs;
    while (!isOver()) {
      load.record(recordsInARow);
      if (elapsedMs() >= churnAtMs) {
        load.churn(churnedShare);
        churnAtMs += churnEveryMs;
      }
      await yieldToOthers();
    }
  }

  await Promise.all([recordOnAndOn(), flushOnAndOn(), reportOnAndOn()]);
  watch.close();
  await collector.ask({ do: 'fail', share: 0, seed });
  const last = await flushUntilDelivered(telemetry);
  const account = telemetry.account();
  const state = await collector.ask({ do: 'tell' });
  await telemetry.shutdown({ timeoutMs: flushTimeoutMs });
  const { made, refused } = load.records;
  return [
    ...wrong,
    { isGood: refused === 0, text: `records: ${made} to ${load.seriesMade} series, ${refused} refused` },
    { isGood: state.failed > 0, text: `requests: ${state.requests}, of which ${state.failed} met a fault` },
    {
      isGood: last.ok,
      text: last.ok ? 'the last flush delivered everything' : `the last flush: ${last.error.message}`,
    },
    ...checkAccount(account, load.tally),
    ...checkSums(account, state, temporality),
    judgeHeap(fitHeap(heap)),
  ];
}

/** The result without its snapshot, which nobody here should keep. */
async function flushOnce(
  telemetry: TelemetryHandle,
  options: { readonly maxAttempts: number | undefined },
): Promise<{ readonly ok: boolean; readonly code: string }> {
  const result = await telemetry.flush({ force: true, ...options });
  return { ok: result.ok, code: result.ok ? '' : result.error.code };
}

/** The collector is well again: what is frozen goes first, then what is newer. */
async function flushUntilDelivered(telemetry: TelemetryHandle): Promise<FlushResult> {
  for (let tries = 1; ; tries++) {
    const result = await telemetry.flush({ force: true, timeoutMs: 30_000 });
    if (result.ok || tries === mostLastFlushes) return result;
    await wait(betweenFlushesMs);
  }
}
