import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../testing/system-clock.ts';
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { describe, expect, it } from 'vitest';
import { digBlackHole } from '../collector-process/black-hole.ts';
import { everyWay, playFault } from '../testing/play-fault.ts';
import { Rig } from '../testing/rig.ts';

/** By far more than any deadline here: only a flush that never ended would take so long. */
const generousMs = 10_000;

describe.each(everyWay)('%s windows as %s', (temporality, protocol) => {
  it('are kept while the connection is refused, and go in one with what is newer', async () => {
    await using rig = await Rig.start({ temporality, protocol });
    await playFault(rig, temporality, {
      outcome: 'not-delivered',
      code: 'CONNECTION_FAILED',
      isFresh: true,
      stage: async ({ collector }) => {
        await collector.pause();
        const result = await rig.failToFlush();
        const { nextRequestInMs } = rig.telemetry.status();
        expect(nextRequestInMs).toBeGreaterThanOrEqual(800);
        expect(nextRequestInMs).toBeLessThanOrEqual(1200);
        return result;
      },
      heal: ({ collector }) => collector.resume(),
    });
  });
});

describe.each(['cumulative', 'delta'] as const)('%s windows', (temporality) => {
  it('are kept when nobody answers the connection, and the flush ends by its deadline', async () => {
    await using rig = await Rig.start({ temporality, clock: systemClock });
    await playFault(rig, temporality, {
      outcome: 'not-delivered',
      code: 'DEADLINE_EXCEEDED',
      says: 'no connection came about',
      isFresh: true,
      stage: async ({ collector }) => {
        await collector.pause();
        const hole = await digBlackHole(collector.port);
        const begunMs = performance.now();
        const result = await rig.failToFlush(1000);
        expect(performance.now() - begunMs).toBeLessThan(generousMs);
        await hole[Symbol.asyncDispose]();
        return result;
      },
      heal: ({ collector }) => collector.resume(),
    });
  });

  it('are kept when the name is unknown', async () => {
    const config = { endpoint: 'http://nowhere.invalid:4318' };
    await using rig = await Rig.start({ temporality, config, clock: systemClock });
    const recorded = rig.workload.recordRound();
    expect((await rig.failToFlush(500)).error).toMatchObject({ outcome: 'not-delivered', kept: true });
    rig.checkAccount({ pending: recorded });
  });

  it.each(['another certificate', 'no TLS at all'])(
    'are kept, and never sent, when the collector shows %s',
    async (what) => {
      const folder = await mkdtemp(join(tmpdir(), 'reliability-tls-'));
      await using collector = await TestCollector.start({ tls: 'self-signed' });
      const caFile = join(folder, 'ca.pem');
      await writeFile(caFile, collector.certificate ?? '');
      const config = { endpoint: collector.url, tls: { caFile } };
      await using rig = await Rig.start({ temporality, config });
      const recorded = rig.workload.recordRound();
      await collector.pause();
      {
        await using other = await TestCollector.start({
          port: collector.port,
          ...(what === 'no TLS at all' ? {} : { tls: 'self-signed' as const }),
        });
        const { error } = await rig.failToFlush();
        expect(error).toMatchObject({ code: 'CONNECTION_FAILED', outcome: 'not-delivered', kept: true });
        expect(other.requests).toEqual([]);
        rig.checkAccount({ pending: recorded });
      }
      await collector.resume();
      await rig.deliver();
      rig.checkAccount({ accepted: recorded });
      expect(collector.sum('ingest.success') + collector.sum('ingest.bytes') + 3n).toBe(recorded);
      await rm(folder, { recursive: true });
    },
  );
});
