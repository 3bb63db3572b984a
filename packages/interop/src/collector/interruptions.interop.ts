import type { TelemetryHandle } from '@pqcnet/telemetry';
import { setTimeout as passes } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { freePort } from '../run/free-port.ts';
import { type Collector, type CollectorOptions, startCollector } from '../run/start-collector.ts';
import { waitUntil } from '../run/wait-until.ts';
import { sumOf, waitForPoints, withoutRepeats } from '../testing/collected-points.ts';
import { deliver, telemetryFromToml } from '../testing/telemetry-from-toml.ts';

type Temporality = 'cumulative' | 'delta';

/** How a Collector passes on what it took. */
const queues = {
  'without a queue': { enabled: false },
  'with a queue that waits for its result': { enabled: true, wait_for_result: true },
  'with its usual queue': { enabled: true },
} as const;

interface GatewayOptions {
  readonly queue: keyof typeof queues;
  /** How long the gateway tries to pass something on before it gives it up; for ever without it. */
  readonly retriesForMs?: number;
  readonly processors?: CollectorOptions['processors'];
}

/** startGateway runs a Collector that passes everything on to another one. */
function startGateway(
  sinkUrl: string,
  { queue, retriesForMs = 0, processors = {} }: GatewayOptions,
): Promise<Collector> {
  return startCollector({
    processors,
    exporters: {
      otlp_http: {
        endpoint: sinkUrl,
        timeout: '1s',
        sending_queue: queues[queue],
        retry_on_failure: {
          enabled: true,
          initial_interval: '50ms',
          max_interval: '200ms',
          max_elapsed_time: `${retriesForMs}ms`,
        },
      },
    },
  });
}

function startNode(endpoint: string, temporality: Temporality): TelemetryHandle {
  return telemetryFromToml(`
    [telemetry]
    endpoint = "${endpoint}"
    protocol = "http/protobuf"
    temporality = "${temporality}"
  `);
}

const series = 200;

/** Records one in each of some series. */
function recordRound(telemetry: TelemetryHandle): void {
  for (let shard = 0; shard < series; shard += 1) telemetry.recordCounter('ingest', 1, { shard });
}

/** Flushes until one is delivered whole. */
function deliverAtLast(telemetry: TelemetryHandle): Promise<unknown> {
  return waitUntil('for a flush to be delivered', async () => {
    const result = await telemetry.flush({ force: true, timeoutMs: 5000, maxAttempts: 1 });
    return result.ok || undefined;
  });
}

const temporalities: readonly Temporality[] = ['cumulative', 'delta'];

describe.each(temporalities)('%s sums are exact in the end', (temporality) => {
  it.each(['without a queue', 'with a queue that waits for its result'] as const)(
    'when a Collector %s is killed in the middle of flushes and started again, eight times',
    async (queue) => {
      await using sink = await startCollector();
      await using gateway = await startGateway(sink.url, { queue, retriesForMs: 1000 });
      const telemetry = startNode(gateway.url, temporality);
      for (let round = 0; round < 8; round += 1) {
        recordRound(telemetry);
        await deliver(telemetry);
        recordRound(telemetry);
        const flush = telemetry.flush({ force: true, timeoutMs: 5000, maxAttempts: 1 });
        // Another moment each time: before it is taken, while it is passed on, and after.
        await passes(round);
        await gateway.process.kill();
        await flush;
        recordRound(telemetry);
        expect((await telemetry.flush({ force: true, maxAttempts: 1 })).ok).toBe(false);
        await gateway.process.startAgain();
      }
      await deliverAtLast(telemetry);

      const recorded = BigInt(8 * 3 * series);
      expect(telemetry.account()).toMatchObject({ recorded, accepted: recorded, pending: 0n });
      const isAll = (points: Parameters<typeof sumOf>[0]): boolean =>
        sumOf(withoutRepeats(points), 'ingest') >= recorded;
      const points = await waitForPoints(sink.file, isAll);
      // A delta whose answer was lost went again as it was: what is there twice is the same series and window.
      expect(sumOf(withoutRepeats(points), 'ingest')).toBe(recorded);
      await telemetry.shutdown();
    },
  );

  it('when what a Collector passes on to is away: it answers 503, and the data are kept', async () => {
    const port = await freePort();
    await using gateway = await startGateway(`http://127.0.0.1:${port}`, {
      queue: 'without a queue',
      retriesForMs: 1000,
    });
    const telemetry = startNode(gateway.url, temporality);
    recordRound(telemetry);
    const result = await telemetry.flush({ maxAttempts: 1 });
    expect(result).toMatchObject({ ok: false, error: { outcome: 'ambiguous', httpStatus: 503, kept: true } });
    recordRound(telemetry);
    await using sink = await startCollector({ port });
    await deliverAtLast(telemetry);
    const points = await waitForPoints(sink.file, (all) => sumOf(all, 'ingest') >= BigInt(2 * series));
    expect(sumOf(points, 'ingest')).toBe(BigInt(2 * series));
    await telemetry.shutdown();
  });

  it('when a Collector is stopped (SIGSTOP) during a flush, and continued', async () => {
    await using collector = await startCollector();
    const telemetry = startNode(collector.url, temporality);
    recordRound(telemetry);
    await deliver(telemetry);
    await collector.process.pause();
    recordRound(telemetry);
    const stopped = await telemetry.flush({ timeoutMs: 500, force: true });
    expect(stopped).toMatchObject({ ok: false, error: { outcome: 'ambiguous', kept: true } });
    recordRound(telemetry);
    collector.process.resume();
    await deliverAtLast(telemetry);

    const recorded = BigInt(3 * series);
    const points = await waitForPoints(
      collector.file,
      (all) => sumOf(withoutRepeats(all), 'ingest') >= recorded,
    );
    expect(sumOf(withoutRepeats(points), 'ingest')).toBe(recorded);
    expect(telemetry.account()).toMatchObject({ recorded, accepted: recorded });
    await telemetry.shutdown();
  });

  it('when a Collector that runs out of memory refuses data for a while', async () => {
    await using sink = await startCollector();
    await using gateway = await startGateway(sink.url, {
      queue: 'with its usual queue',
      processors: {
        memory_limiter: {
          check_interval: '50ms',
          limit_mib: 60,
          spike_limit_mib: 20,
          min_gc_interval_when_soft_limited: '0s',
        },
      },
    });
    // What the gateway took stays in its memory.
    await sink.process.pause();
    const nodes = Array.from({ length: 4 }, () => startNode(gateway.url, temporality));
    let rounds = 0;
    const refusals = await waitUntil('for the memory limiter to refuse', async () => {
      rounds += 1;
      for (const node of nodes) recordManySeries(node);
      const results = await Promise.all(nodes.map((node) => node.flush({ force: true, maxAttempts: 1 })));
      const refused = results.filter((result) => !result.ok);
      return refused.length > 0 && refused;
    });
    for (const result of refusals) {
      expect(result).toMatchObject({
        ok: false,
        error: { outcome: 'ambiguous', httpStatus: 503, kept: true },
      });
    }
    sink.process.resume();
    for (const node of nodes) await deliverAtLast(node);
    const recorded = BigInt(nodes.length * rounds * manySeries);
    const points = await waitForPoints(
      sink.file,
      (all) => sumOf(withoutRepeats(all), 'transfers') >= recorded,
    );
    expect(sumOf(withoutRepeats(points), 'transfers')).toBe(recorded);
    for (const node of nodes) await node.shutdown();
  });
});

const manySeries = 2000;

function recordManySeries(telemetry: TelemetryHandle): void {
  for (let i = 0; i < manySeries; i += 1)
    telemetry.recordCounter('transfers', 1, { account: 'x'.repeat(300) + i });
}

/** Ways for a Collector to answer before it has passed anything on. */
const answersEarly: readonly (readonly [string, GatewayOptions])[] = [
  ['its usual queue', { queue: 'with its usual queue' }],
  // It waits for more than one round.
  [
    'a batch processor',
    {
      queue: 'without a queue',
      retriesForMs: 1000,
      processors: { batch: { timeout: '600s', send_batch_size: series + 1 } },
    },
  ],
];

describe.each(answersEarly)('a Collector with %s, killed while that is full', (_, options) => {
  it.each(temporalities)('answered 200 before: %s', async (temporality) => {
    const port = await freePort();
    await using gateway = await startGateway(`http://127.0.0.1:${port}`, options);
    const telemetry = startNode(gateway.url, temporality);
    recordRound(telemetry);
    await deliver(telemetry);
    expect(telemetry.account()).toMatchObject({ accepted: BigInt(series), pending: 0n });
    await gateway.process.kill();

    await using sink = await startCollector({ port });
    await gateway.process.startAgain();
    for (let round = 0; round < 2; round += 1) {
      recordRound(telemetry);
      await deliver(telemetry);
    }
    const points = await waitForPoints(sink.file, ({ length }) => length >= 2 * series);
    // The next running total heals it. A delta that was accepted into memory is gone.
    expect(sumOf(points, 'ingest')).toBe(BigInt((temporality === 'cumulative' ? 3 : 2) * series));
    await telemetry.shutdown();
  });
});
