import type { FlushResult } from '@pqcnet/telemetry';
import type { ReceivedRequest, ScriptStep } from '@pqcnet/telemetry-test-collector';
import { expect } from 'vitest';
import { HandClock, longMs } from '../testing/hand-clock.ts';
import { type Protocol, Rig, type Temporality, oneTry } from '../testing/rig.ts';
import type { History } from './arbitrary-history.ts';
import { type Fate, ModelAccount } from './model-account.ts';

/** A frozen window, an open one, and one more that finds nothing left. */
const mostLastFlushes = 4;

/** How many flushes and requests there were. */
export interface Played {
  readonly flushes: number;
  readonly requests: number;
}

/** playHistory lets a history happen, checks the account after each flush, and in the end what the collector has. */
export async function playHistory(
  { acts, maxBodyBytes }: History,
  way: { readonly temporality: Temporality; readonly protocol: Protocol },
): Promise<Played> {
  const clock = new HandClock();
  // No window grows too old here, however long the waits.
  await using rig = await Rig.start({ ...way, clock, config: { maxWindowAgeMs: 2 ** 31 - 1 } });
  const { collector, telemetry, workload } = rig;
  const model = new ModelAccount(way.temporality === 'delta');
  const faults: ScriptStep[] = [];
  const fates: Fate[] = [];
  let flushes = 0;

  collector.script(({ headers }) =>
    // By size alone, as collectors do: the same request always meets it again.
    Number(headers['content-length']) > maxBodyBytes ? { do: 'answer', status: 413 } : faults.shift(),
  );
  collector.onRequest((request: ReceivedRequest) => {
    fates.push(model.take(request));
    // Nothing else would end it: the deadline comes now.
    if (request.step?.do === 'never-answer') setImmediate(() => clock.skip(longMs));
  });

  async function flush(isPatient: boolean, during: readonly number[]): Promise<FlushResult> {
    flushes += 1;
    fates.length = 0;
    clock.passesWaits = isPatient;
    const flushed = telemetry.flush(isPatient ? { timeoutMs: longMs } : oneTry);
    for (const amount of during) workload.count('ingest', amount, { series: 'during' });
    const result = await flushed;
    rig.checkAccount(model.amounts(workload.recorded));
    expect(model.violations).toEqual([]);
    checkResult(result, fates, way.temporality);
    return result;
  }

  for (const each of acts) {
    if (each.act === 'count') workload.count('ingest', each.amount, { series: each.series });
    else if (each.act === 'measure') workload.measure('pipeline', each.amount, { series: each.series });
    else if (each.act === 'break') faults.push(...each.faults);
    else if (each.act === 'flush') await flush(each.isPatient, each.during);
    else if (each.act === 'pass') clock.skip(each.ms);
    else clock.wallOffsetMs += each.ms;
  }

  faults.length = 0;
  for (let i = 0; i < mostLastFlushes; i++) {
    clock.skip(longMs);
    await flush(false, []);
  }
  expect(telemetry.account().pending).toBe(0n);
  if (way.temporality === 'cumulative') rig.checkCollectedAll();
  else expect(rig.collected).toBe(workload.recorded - model.lost);
  rig.checkDuplicates();
  return { flushes, requests: collector.requests.length };
}

/** The result says what the requests of the flush came to. */
function checkResult(result: FlushResult, fates: readonly Fate[], temporality: Temporality): void {
  if (result.ok) {
    expect(fates.at(-1) ?? 'accepted').toBe('accepted');
    expect(fates).not.toContain('partial');
    expect(fates).not.toContain('rejected');
    return;
  }
  const isLost = fates.includes('partial') || (fates.includes('rejected') && temporality === 'delta');
  expect([result.error.kept, fates]).toEqual([!isLost, fates]);
}
