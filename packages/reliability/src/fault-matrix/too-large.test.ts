import { describe, expect, it } from 'vitest';
import { everyWay } from '../testing/play-fault.ts';
import { Rig } from '../testing/rig.ts';

describe.each(everyWay)('%s windows as %s', (temporality, protocol) => {
  it('are halved until they fit when the collector finds them too large', async () => {
    await using rig = await Rig.start({
      temporality,
      protocol,
      collector: { limits: { maxBodyBytes: 8000 } },
    });
    for (let i = 0; i < 200; i++) rig.workload.count('wide', 2n ** 50n, { i: String(i).repeat(40) });
    await rig.deliver();
    const statuses = rig.collector.requests.map(({ status }) => status);
    expect(statuses.filter((status) => status === 413).length).toBeGreaterThanOrEqual(3);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(4);
    rig.checkAccount({ accepted: rig.workload.recorded });
    rig.checkCollectedAll();
  });

  it('lose a point that is too large by itself, and nothing else', async () => {
    await using rig = await Rig.start({
      temporality,
      protocol,
      collector: { limits: { maxBodyBytes: 8000 } },
    });
    const small = 7n;
    rig.workload.count('a', small, { i: '1' });
    rig.workload.count('b', 1000, { i: 'x'.repeat(10_000) });
    rig.workload.count('c', small, { i: '2' });
    const { error } = await rig.failToFlush();
    expect(error).toMatchObject({ code: 'HTTP_STATUS', outcome: 'rejected', httpStatus: 413 });
    expect(error.kept).toBe(temporality === 'cumulative');
    // The running total of what was rejected lives on; a delta does not.
    const becomes = temporality === 'cumulative' ? 'pending' : 'rejected';
    rig.checkAccount({ accepted: 2n * small, [becomes]: 1000n });
    expect(rig.collected).toBe(2n * small);
    rig.workload.count('c', small, { i: '2' });
    if (temporality === 'delta') await rig.deliver();
    else await rig.failToFlush();
    rig.checkAccount({ accepted: 3n * small, [becomes]: 1000n });
    expect(rig.collected).toBe(3n * small);
    rig.checkDuplicates();
  });

  it('settle half by half: what is ambiguous goes again in the identical request, the other half does not', async () => {
    const series = Array.from({ length: 12 }, (_, i) => String.fromCodePoint(97 + i).repeat(1000));
    await using rig = await Rig.start({
      temporality,
      protocol,
      collector: { limits: { maxBodyBytes: 9000 } },
    });
    for (const i of series) rig.workload.count('wide', 2n ** 55n, { i });
    // The whole is too large, one half is accepted, the other is taken without an answer.
    rig.collector.script([
      { do: 'accept' },
      { do: 'accept' },
      { do: 'reset', when: 'after-body', store: true },
    ]);
    await rig.failToFlush();
    const accepted = rig.telemetry.account().accepted;
    expect(accepted).toBeGreaterThan(0n);
    expect(accepted).toBeLessThan(rig.workload.recorded);
    rig.checkAccount({ accepted, pending: rig.workload.recorded - accepted });
    const hit = rig.collector.requests.length - 1;
    rig.workload.count('wide', 5, { i: 'a'.repeat(1000) });
    rig.workload.count('wide', 5, { i: 'l'.repeat(1000) });
    await rig.deliver();
    if (temporality === 'delta') {
      expect(rig.collector.requests[hit + 1]?.rawBody).toEqual(rig.collector.requests[hit]?.rawBody);
    }
    rig.checkAccount({ accepted: rig.workload.recorded });
    rig.checkCollectedAll();
    rig.collector.assertScriptConsumed();
  });
});
