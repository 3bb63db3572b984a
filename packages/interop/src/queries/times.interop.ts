import { describe, expect, it } from 'vitest';
import { selector } from '../backends/backend.ts';
import { backends } from '../backends/backends.ts';
import { pastMinute } from '../testing/past-minutes.ts';
import { SteppedClock } from '../testing/stepped-clock.ts';
import { deliver, telemetryFromToml } from '../testing/telemetry-from-toml.ts';

describe.each(backends)('$title takes every flush', (backend) => {
  it('of several requests, with a gauge in the last that was set before', async () => {
    await using server = await backend.start();
    const clock = new SteppedClock(pastMinute(30));
    await using telemetry = telemetryFromToml(
      `
      [telemetry]
      endpoint = "${server.endpoint}"
      protocol = "http/protobuf"
      max-request-bytes = 1024
      `,
      { clock },
    );
    for (let round = 1; round <= 3; round += 1) {
      for (let i = 0; i < 100; i += 1) telemetry.recordCounter('ingest', 1, { shard: i });
      telemetry.recordGauge('queue.depth', round);
      clock.step(10_000);
      await deliver(telemetry);
    }
    await server.settle();
    expect(await server.promQl.value(selector(backend.names.gauge('queue.depth')), clock.unixMs())).toBe(3);
    expect(
      await server.promQl.value(`sum(${selector(backend.names.counter('ingest'))})`, clock.unixMs()),
    ).toBe(300);
  });

  it('while the clock runs behind what it once said, and afterwards', async () => {
    await using server = await backend.start();
    const clock = new SteppedClock(pastMinute(30));
    await using telemetry = telemetryFromToml(
      `
      [telemetry]
      endpoint = "${server.endpoint}"
      protocol = "http/protobuf"
      `,
      { clock },
    );
    for (const stepMs of [20_000, -15_000, 0, 5000, 20_000]) {
      clock.step(stepMs);
      telemetry.recordCounter('ingest', 1);
      telemetry.recordGauge('queue.depth', stepMs);
      await deliver(telemetry);
    }
    await server.settle();
    const counted = selector(backend.names.counter('ingest'));
    expect(await server.promQl.value(counted, clock.unixMs())).toBe(5);
    expect(await server.promQl.value(`count_over_time(${counted}[5m])`, clock.unixMs())).toBe(5);
    expect(await server.promQl.value(selector(backend.names.gauge('queue.depth')), clock.unixMs())).toBe(
      20_000,
    );
  });
});
