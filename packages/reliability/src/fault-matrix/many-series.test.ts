import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { everyWay } from '../testing/play-fault.ts';
import { Rig } from '../testing/rig.ts';

const attributeSets = 1_000_000;
const flushes = 10;
const limit = 2000;
/** A million series would take a hundred and more; two thousand and a request take a few. */
const mostMiB = 32;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function usedMiB(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

it.each(everyWay)(
  'a million attribute sets end in one overflow series, with exact sums and bounded memory, %s as %s',
  async (temporality, protocol) => {
    // The collector forgets what it had, so that only the product's memory is left to grow.
    await using rig = await Rig.start({
      temporality,
      protocol,
      config: { cardinalityLimit: limit },
      collector: { limits: { maxRequests: 1 } },
    });
    const { telemetry, collector } = rig;
    let collected = 0n;
    await telemetry.flush();
    const before = usedMiB();
    let recorded = 0n;
    for (let i = 0; i < flushes; i++) {
      for (let set = 0; set < attributeSets / flushes; set++) {
        const id = i * (attributeSets / flushes) + set;
        const result = telemetry.recordCounter('wide', (id % 10) + 1, { id: `client-${id}` });
        if (!result.ok) throw result.error;
        recorded += BigInt((id % 10) + 1);
      }
      await rig.deliver();
      expect(telemetry.account()).toMatchObject({ recorded, accepted: recorded, pending: 0n });
      const [request] = collector.requests;
      collected = (temporality === 'delta' ? collected : 0n) + collector.sum('wide');
      expect(collected).toBe(recorded);
      expect(collector.metrics({ name: 'wide' }).length).toBeLessThanOrEqual(limit);
      expect(request?.status).toBe(200);
    }
    const overflow = collector.metrics({ name: 'wide', attributes: { 'otel.metric.overflow': true } });
    expect(overflow).toHaveLength(1);
    expect(telemetry.overflowedRecords().get('wide')).toBe(attributeSets - (limit - 1));
    expect(usedMiB() - before).toBeLessThan(mostMiB);
  },
);
