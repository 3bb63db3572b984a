import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { TelemetryHandle, type Transport } from '@pqcnet/telemetry';
import { expect, it } from 'vitest';
import { everyWay } from '../testing/play-fault.ts';

const live = 500;
const replaced = 100;
const flushes = 400;
/** A cell takes more, and its attributes as well. */
const mostBytesPerReplaced = 48;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function usedBytes(): Promise<number> {
  // What the promises of the last turn still hold goes, too.
  await nextTurn();
  collectGarbage();
  await nextTurn();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** A collector in this process would have memory of its own. */
const transport: Transport = {
  releasesBody: true,
  send: () => Promise.resolve({ status: 200, headers: {}, body: new Uint8Array(), bodyTooLarge: false }),
  close: () => Promise.resolve(),
};

it.each(everyWay)(
  'memory stays as it is while series come and go, %s as %s',
  async (temporality, protocol) => {
    const telemetry = TelemetryHandle.fromConfig(
      { temporality, protocol, cardinalityLimit: 1.5 * live, idleFlushesBeforeRetirement: 2 },
      { transport },
    );
    let newest = live;
    let recorded = 0n;
    const churn = async (): Promise<void> => {
      newest += replaced;
      for (let id = newest - live; id < newest; id++) {
        const attributes = { chain: `chain-${id % 7}`, peer: `peer-${id}` };
        for (const result of [
          telemetry.recordCounter('messages', 1, attributes),
          telemetry.recordLatencyMs('pipeline', id % 100, attributes),
          telemetry.counter('bound', { attributes }).add(1),
        ]) {
          if (!result.ok) throw result.error;
          recorded += 1n;
        }
      }
      const result = await telemetry.flush();
      if (!result.ok) throw result.error;
    };
    for (let i = 0; i < flushes / 4; i++) await churn();
    const before = await usedBytes();
    for (let i = 0; i < flushes; i++) await churn();
    expect(((await usedBytes()) - before) / (3 * replaced * flushes)).toBeLessThan(mostBytesPerReplaced);
    expect(telemetry.account()).toMatchObject({ recorded, accepted: recorded, pending: 0n });
    expect(telemetry.snapshot().points.length).toBeLessThanOrEqual(3 * 1.5 * live);
  },
);
