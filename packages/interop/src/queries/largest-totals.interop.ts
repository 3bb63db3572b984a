import { describe, expect, it } from 'vitest';
import { selector } from '../backends/backend.ts';
import { backends } from '../backends/backends.ts';
import { pastMinute } from '../testing/past-minutes.ts';
import { SteppedClock } from '../testing/stepped-clock.ts';
import { deliver, telemetryFromToml } from '../testing/telemetry-from-toml.ts';

const flushes = 80;
const betweenFlushesMs = 15_000;
/** From 2^62 less twenty of these on, the total passes 2^62 and, 32 flushes later, 2^63. */
const perFlush = 2n ** 57n;
const perSecond = Number(perFlush) / 15;

describe.each(backends)('$title', (backend) => {
  it('shows no spike where a total passes what OTLP can hold', async () => {
    await using server = await backend.start();
    const startMs = pastMinute(45);
    const clock = new SteppedClock(startMs);
    await using telemetry = telemetryFromToml(
      `
      [telemetry]
      endpoint = "${server.endpoint}"
      protocol = "http/protobuf"
      `,
      { clock },
    );
    const before = 2n ** 62n - 20n * perFlush;
    telemetry.recordCounter('lamports', before);
    for (let i = 0; i < flushes; i += 1) {
      clock.step(betweenFlushesMs);
      telemetry.recordCounter('lamports', perFlush);
      await deliver(telemetry);
    }
    const recorded = before + perFlush * BigInt(flushes);
    expect(recorded).toBeGreaterThan(2n ** 63n);
    await server.settle();

    const counted = selector(backend.names.counter('lamports'));
    const [rates] = await server.promQl.range(`rate(${counted}[2m])`, {
      fromMs: startMs + 4 * 60_000,
      toMs: clock.unixMs(),
      stepMs: 5000,
    });
    const values = rates?.values.map(({ value }) => value / perSecond) ?? [];
    expect(values.length).toBeGreaterThan(150);
    expect(Math.max(...values)).toBeLessThan(1 + 1e-9);
    expect(Math.min(...values)).toBeGreaterThan(1 - 1e-9);
    expect(await server.promQl.value(`increase(${counted}[15m])`, clock.unixMs())).toBeCloseTo(
      perSecond * 900,
      -9,
    );
    expect(telemetry.account()).toMatchObject({
      recorded,
      accepted: recorded,
      pending: 0n,
    });
  });
});
