import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningBackend, selector } from '../backends/backend.ts';
import { backends } from '../backends/backends.ts';
import { pastMinute } from '../testing/past-minutes.ts';
import { SteppedClock } from '../testing/stepped-clock.ts';
import { deliver, telemetryFromToml } from '../testing/telemetry-from-toml.ts';

const flushes = 120;
const betweenFlushesMs = 15_000;

/** Fifteen a second. */
const perFlush = 225;

describe.each(backends)('$title, after 120 flushes in half an hour', (backend) => {
  const { names } = backend;
  let server: RunningBackend;
  let startMs: number;
  let endMs: number;

  beforeAll(async () => {
    server = await backend.start();
    startMs = pastMinute(45);
    const clock = new SteppedClock(startMs);
    const config = (more: string): string => `
      [telemetry]
      endpoint = "${server.endpoint}"
      protocol = "http/protobuf"
      ${more}`;
    await using explicit = telemetryFromToml(
      config('latency-bounds-ms = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]'),
      { clock },
    );
    await using exponential = telemetryFromToml(config('latency-histogram = "exponential"'), { clock });
    for (let i = 0; i < flushes; i += 1) {
      clock.step(betweenFlushesMs);
      explicit.recordCounter('ingest', perFlush);
      for (let milliseconds = 1; milliseconds <= 100; milliseconds += 1) {
        explicit.recordLatencyMs('pipeline', milliseconds);
        exponential.recordLatencyMs('stage', milliseconds);
      }
      await deliver(explicit);
      await deliver(exponential);
    }
    endMs = clock.unixMs();
    await server.settle();
  });

  afterAll(() => server[Symbol.asyncDispose]());

  const ask = (expression: string): Promise<number | undefined> => server.promQl.value(expression, endMs);

  it('has the rate at which was counted, at every moment', async () => {
    const [rates] = await server.promQl.range(`rate(${selector(names.counter('ingest'))}[5m])`, {
      fromMs: startMs + 6 * 60_000,
      toMs: endMs,
      stepMs: 7000,
    });
    expect(rates?.values.length).toBeGreaterThan(200);
    for (const { value } of rates?.values ?? []) expect(value).toBeCloseTo(15, 9);
  });

  it('has the increase', async () => {
    const counted = selector(names.counter('ingest'));
    expect(await ask(`increase(${counted}[10m])`)).toBeCloseTo(15 * 600, 6);
    expect(await ask(counted)).toBe(perFlush * flushes);
  });

  it.each([
    [0.1, 10],
    [0.5, 50],
    [0.95, 95],
    [0.99, 99],
  ])('has quantile %d of an explicit histogram', async (quantile, expected) => {
    const buckets = selector(`${names.histogram('pipeline', 'ms')}_bucket`);
    const found = await ask(`histogram_quantile(${quantile}, sum by (le) (rate(${buckets}[5m])))`);
    expect(found).toBeCloseTo(expected, 6);
  });

  it.each([
    [0.095, 10],
    [0.495, 50],
    [0.945, 95],
    [0.985, 99],
  ])(
    'has quantile %d of an exponential histogram, up to the width of a bucket',
    async (quantile, expected) => {
      const found = await ask(backend.exponentialQuantile(quantile, 'stage'));
      // At scale 4, which holds 1 to 100 in 160 buckets, a bucket is 4.4 % wide.
      expect(Math.abs(Number(found) - expected)).toBeLessThan(expected * 0.045);
    },
  );

  it('has the mean of both', async () => {
    const pipeline = names.histogram('pipeline', 'ms');
    const mean = `sum(rate(${selector(`${pipeline}_sum`)}[5m])) / sum(rate(${selector(`${pipeline}_count`)}[5m]))`;
    expect(await ask(mean)).toBeCloseTo(50.5, 9);
    expect(await ask(backend.exponentialMean('stage'))).toBeCloseTo(50.5, 9);
  });
});
