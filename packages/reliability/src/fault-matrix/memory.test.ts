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

/** What a collector answers, without one: in this process it would have memory of its own. */
function answering(status: number): Transport {
  return {
    releasesBody: true,
    send: () => Promise.resolve({ status, headers: {}, body: new Uint8Array(), bodyTooLarge: false }),
    close: () => Promise.resolve(),
  };
}

/** Records to each of so many series, and says how much that was. */
function recordTo(telemetry: TelemetryHandle, from: number, to: number): bigint {
  let recorded = 0n;
  for (let id = from; id < to; id++) {
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
  return recorded;
}

it.each(everyWay)(
  'memory stays as it is while series come and go, %s as %s',
  async (temporality, protocol) => {
    const telemetry = TelemetryHandle.fromConfig(
      { temporality, protocol, cardinalityLimit: 1.5 * live, idleFlushesBeforeRetirement: 2 },
      { transport: answering(200) },
    );
    let newest = live;
    let recorded = 0n;
    const churn = async (): Promise<void> => {
      newest += replaced;
      recorded += recordTo(telemetry, newest - live, newest);
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

it.each(
  everyWay.flatMap(([temporality, protocol]) =>
    [401, 503].map((status) => [temporality, protocol, status] as const),
  ),
)(
  'an outage of any length costs two windows at most, %s as %s, with %d',
  async (temporality, protocol, status) => {
    const telemetry = TelemetryHandle.fromConfig({ temporality, protocol }, { transport: answering(status) });
    let recorded = 0n;
    const failToFlush = async (): Promise<void> => {
      recorded += recordTo(telemetry, 0, live);
      const result = await telemetry.flush({ force: true, maxAttempts: 1 });
      expect(result).toMatchObject({ ok: false, error: { kept: true } });
    };
    for (let i = 0; i < 5; i++) await failToFlush();
    const before = await usedBytes();
    for (let i = 0; i < 100; i++) await failToFlush();
    // Each window more would take so much: for each series a row of one number, or of sixteen buckets.
    const windowBytes = live * (1 + 1 + 16) * 8;
    expect(((await usedBytes()) - before) / 100).toBeLessThan(windowBytes);
    expect(telemetry.account()).toMatchObject({ recorded, pending: recorded });
  },
);
