import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ScriptStep } from '@pqcnet/telemetry-test-collector';
import { TelemetryHandle, validateConfig } from '@pqcnet/telemetry';
import { describe, expect, it } from 'vitest';
import { CollectorProcess } from '../collector-process/collector-process.ts';
import type { Cut } from '../proxy/fault-proxy.ts';
import { type Fault, everyWay, playFault } from '../testing/play-fault.ts';
import { HandClock } from '../testing/hand-clock.ts';
import { Rig } from '../testing/rig.ts';
import { Workload } from '../testing/workload.ts';

/** When the time is over, on a clock that stands still until then. */
const deadlineMs = 200;

/** A fault that nothing but the deadline ends: it comes once the other side has gone as far as it will. */
function silent(stage: (rig: Rig) => void, isSeen = true): Fault & { readonly clock: HandClock } {
  const clock = new HandClock();
  return {
    clock,
    outcome: 'ambiguous',
    code: 'DEADLINE_EXCEEDED',
    isSeen,
    stage: async (rig) => {
      const expected = rig.collector.requests.length + (isSeen ? 1 : 0);
      stage(rig);
      const failing = rig.failToFlush(deadlineMs);
      while (rig.proxy?.isArmed === true || rig.collector.requests.length < expected) await nextTurn();
      clock.skip(deadlineMs);
      return failing;
    },
  };
}

const scripted = (step: ScriptStep) => () => silent(({ collector }) => collector.script([step]));
const cut = (each: Cut) => () => silent(({ proxy }) => proxy?.cutNext(each), each.of === 'answer');

describe.each(everyWay)('%s windows as %s', (temporality, protocol) => {
  it.each<[string, () => ReturnType<typeof silent>]>([
    ['never answers', scripted({ do: 'never-answer' })],
    ['never answers, but took it', scripted({ do: 'never-answer', store: true })],
    ['never reads the body', scripted({ do: 'never-answer', when: 'before-body' })],
    ['drips its answer, a byte at a time', scripted({ do: 'drip', everyMs: 1000 })],
    ['drips a failure', scripted({ do: 'drip', everyMs: 20, status: 400 })],
    ['falls silent within the head of its answer', cut({ of: 'answer', afterBytes: 30, by: 'silence' })],
    ['can no longer be reached within the request', cut({ of: 'request', afterBytes: 10, by: 'silence' })],
  ])('are held back, for no longer than the deadline, by a collector that %s', async (_title, make) => {
    const fault = make();
    await using rig = await Rig.start({ temporality, protocol, clock: fault.clock, isProxied: true });
    await playFault(rig, temporality, fault);
  });

  // A body of more than 4 MiB is no answer, and final: OTLP has it so. It could be cut before the deadline.
  it('are not held back by an answer without an end, which is cut at 4 MiB', async () => {
    await using rig = await Rig.start({ temporality, protocol });
    await playFault(rig, temporality, {
      outcome: 'rejected',
      code: 'RESPONSE_TOO_LARGE',
      httpStatus: 200,
      stage: ({ collector }) => {
        collector.script([{ do: 'endless-body', store: false }]);
        return rig.failToFlush();
      },
    });
  });
});

/** By far more than the deadline: only a flush that the other side could stretch would take so long. */
const generousMs = 20_000;

describe('a collector that is stopped and goes on', () => {
  it.each(everyWay)('has %s windows as %s once, whatever it had read', async (temporality, protocol) => {
    await using collector = await CollectorProcess.start();
    const config = validateConfig({ endpoint: collector.url, temporality, protocol }, { environment: {} });
    const telemetry = TelemetryHandle.fromConfig(config);
    const workload = new Workload(telemetry);
    const delivered = workload.recordRound();
    expect(await telemetry.flush()).toMatchObject({ ok: true });

    collector.pause();
    const hit = workload.recordRound();
    const begunMs = performance.now();
    // Long enough to write the request, on a busy machine, too: nobody can see when that is done.
    const result = await telemetry.flush({ force: true, timeoutMs: 2000 });
    expect(performance.now() - begunMs).toBeLessThan(generousMs);
    const error = { code: 'DEADLINE_EXCEEDED', outcome: 'ambiguous', kept: true };
    expect(result).toMatchObject({ ok: false, error });
    expect(telemetry.account()).toMatchObject({ accepted: delivered, pending: hit });
    workload.recordRound();

    collector.resume();
    // Turns of its event loop, in which it reads what had come while it was stopped.
    for (let turn = 0; turn < 5; turn++) await collector.ask({ do: 'tell' });
    expect(await telemetry.flush({ force: true })).toMatchObject({ ok: true });
    const { recorded } = workload;
    expect(telemetry.account()).toMatchObject({ recorded, accepted: recorded, pending: 0n });
    const { byName, violations } = await collector.ask({ do: 'tell' });
    expect(byName).toEqual(workload.byName);
    expect(violations).toEqual([]);
    await collector.close();
    await telemetry.shutdown({ timeoutMs: 1 });
  });
});
