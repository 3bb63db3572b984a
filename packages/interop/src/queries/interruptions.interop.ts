import type { TelemetryHandle } from '@pqcnet/telemetry';
import { setTimeout as passes } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type RunningBackend, selector } from '../backends/backend.ts';
import { backends } from '../backends/backends.ts';
import { waitUntil } from '../run/wait-until.ts';
import { deliver, telemetryFromToml } from '../testing/telemetry-from-toml.ts';

const series = 5000;
const rounds = 5;

function startNode({ endpoint }: RunningBackend): TelemetryHandle {
  return telemetryFromToml(`
    [telemetry]
    endpoint = "${endpoint}"
    protocol = "http/protobuf"
    cardinality-limit = 10000
    max-request-bytes = 100000
  `);
}

/** Records one in each of many series, which go in several requests. */
function recordRound(telemetry: TelemetryHandle): void {
  for (let shard = 0; shard < series; shard += 1) telemetry.recordCounter('ingest', 1, { shard });
}

/** Flushes until one is delivered whole. */
function deliverAtLast(telemetry: TelemetryHandle): Promise<unknown> {
  return waitUntil('for a flush to be delivered', async () => {
    const result = await telemetry.flush({ force: true, timeoutMs: 10_000, maxAttempts: 1 });
    return result.ok || undefined;
  });
}

describe.each(backends)('$title has exact running totals in the end', (backend) => {
  const ingest = selector(backend.names.counter('ingest'));

  it('when it is killed in the middle of flushes and started again, five times', async () => {
    await using server = await backend.start();
    const telemetry = startNode(server);
    for (let round = 0; round < rounds; round += 1) {
      recordRound(telemetry);
      await deliver(telemetry);
      recordRound(telemetry);
      const flush = telemetry.flush({ force: true, maxAttempts: 1 });
      // Another moment each time.
      await passes(round * 10);
      await server.process.kill();
      await flush;
      recordRound(telemetry);
      expect((await telemetry.flush({ force: true, maxAttempts: 1 })).ok).toBe(false);
      await server.process.startAgain();
    }
    await deliverAtLast(telemetry);
    await server.settle();
    expect(await server.promQl.value(`count(${ingest})`)).toBe(series);
    expect(await server.promQl.value(`min(${ingest})`)).toBe(rounds * 3);
    expect(await server.promQl.value(`max(${ingest})`)).toBe(rounds * 3);
    const recorded = BigInt(rounds * 3 * series);
    expect(telemetry.account()).toMatchObject({ recorded, accepted: recorded, pending: 0n });
    await telemetry.shutdown();
  });

  it('when it is stopped (SIGSTOP) during a flush, and continued', async () => {
    await using server = await backend.start();
    const telemetry = startNode(server);
    recordRound(telemetry);
    await deliver(telemetry);
    await server.process.pause();
    recordRound(telemetry);
    const stopped = await telemetry.flush({ force: true, timeoutMs: 500 });
    expect(stopped).toMatchObject({ ok: false, error: { outcome: 'ambiguous', kept: true } });
    recordRound(telemetry);
    server.process.resume();
    await deliverAtLast(telemetry);
    await server.settle();
    expect(await server.promQl.value(`count(${ingest})`)).toBe(series);
    expect(await server.promQl.value(`sum(${ingest})`)).toBe(3 * series);
    await telemetry.shutdown();
  });
});
