import { describe, expect, it } from 'vitest';
import type { Cut } from '../proxy/fault-proxy.ts';
import { type Fault, everyWay, playFault } from '../testing/play-fault.ts';
import { HandClock, longMs } from '../testing/hand-clock.ts';
import { Rig, oneTry } from '../testing/rig.ts';

/** A request's head is about this long: a cut some way beyond it is in the body. */
const inTheBody = 600;

function cutOff(cut: Cut, isSeen: boolean): Fault {
  return {
    outcome: 'ambiguous',
    code: 'CONNECTION_LOST',
    isSeen,
    stage: async (rig) => {
      const before = rig.collector.requests.length;
      rig.proxy?.cutNext(cut);
      const result = await rig.failToFlush();
      expect(rig.proxy?.isArmed).toBe(false);
      if (isSeen) await rig.collector.waitFor(({ requests }) => requests.length > before);
      return result;
    },
  };
}

describe.each(everyWay)('%s windows as %s', (temporality, protocol) => {
  it.each<[string, Fault]>([
    [
      'as its first byte comes, on a connection that was kept alive',
      cutOff({ of: 'request', afterBytes: 0, by: 'reset' }, false),
    ],
    ['within its head', cutOff({ of: 'request', afterBytes: 20, by: 'reset' }, false)],
    ['within its body', cutOff({ of: 'request', afterBytes: inTheBody, by: 'reset' }, true)],
    ['before its answer, which is lost', cutOff({ of: 'answer', afterBytes: 0, by: 'reset' }, true)],
    ['before its answer, by an orderly close', cutOff({ of: 'answer', afterBytes: 0, by: 'close' }, true)],
    ['within the head of its answer', cutOff({ of: 'answer', afterBytes: 20, by: 'reset' }, true)],
    ['one byte into its answer', cutOff({ of: 'answer', afterBytes: 1, by: 'close' }, true)],
  ])('survive a request that is broken off %s', async (_title, fault) => {
    await using rig = await Rig.start({ temporality, protocol, isProxied: true });
    await playFault(rig, temporality, fault);
  });

  it.each([
    ['before the body is read', { when: 'before-body' }],
    ['after the body', { when: 'after-body' }],
    ['after the body, all of which was taken', { when: 'after-body', store: true }],
  ] as const)('survive a collector that resets the connection %s', async (_title, step) => {
    await using rig = await Rig.start({ temporality, protocol });
    await playFault(rig, temporality, {
      outcome: 'ambiguous',
      code: 'CONNECTION_LOST',
      stage: ({ collector }) => {
        collector.script([{ do: 'reset', ...step }]);
        return rig.failToFlush();
      },
    });
  });

  it('survive a reset in the middle of a body that fills the socket', async () => {
    await using rig = await Rig.start({ temporality, protocol });
    await playFault(rig, temporality, {
      outcome: 'ambiguous',
      code: 'CONNECTION_LOST',
      record: (workload) => {
        for (let i = 0; i < 1900; i++) workload.count('wide', 1, { i: String(i).repeat(300) });
        return 1900n;
      },
      stage: ({ collector }) => {
        collector.script([{ do: 'reset', when: 'during-body' }]);
        return rig.failToFlush();
      },
    });
  });
});

describe('within one flush', () => {
  it.each(['cumulative', 'delta'] as const)(
    'a broken %s request goes again as it was, until it is answered',
    async (temporality) => {
      const clock = new HandClock({ passesWaits: true });
      await using rig = await Rig.start({ temporality, clock });
      rig.collector.script([
        { do: 'reset', when: 'after-body', store: true, times: 2 },
        { do: 'answer', status: 503, store: true },
        { do: 'reset', when: 'after-body' },
      ]);
      rig.workload.recordRound();
      const flushed = rig.telemetry.flush({ ...oneTry, timeoutMs: longMs });
      rig.workload.recordRound();
      expect(await flushed).toMatchObject({ ok: true, value: { attempts: 5 } });
      expect(new Set(rig.collector.requests.map(({ rawBody }) => String(rawBody))).size).toBe(1);
      expect(rig.telemetry.account().pending).toBeGreaterThan(0n);
      await rig.deliver();
      rig.checkAccount({ accepted: rig.workload.recorded });
      rig.checkCollectedAll();
      rig.collector.assertScriptConsumed();
    },
  );
});
