import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningBackend, selector } from '../backends/backend.ts';
import { prometheus } from '../backends/prometheus.ts';
import { startVictoriaMetricsBackend, victoriaMetrics } from '../backends/victoria-metrics.ts';
import { pastMinute } from '../testing/past-minutes.ts';
import { SteppedClock } from '../testing/stepped-clock.ts';
import { deliver, telemetryFromToml } from '../testing/telemetry-from-toml.ts';

const betweenFlushesMs = 15_000;
const flushesPerRun = 40;
const runs = 3;
/** Ten a second. */
const perFlush = 150;
const highestRate = 10 * 1.001;
const all = runs * flushesPerRun * perFlush;

/** How long the service is away between two runs. */
const gaps = [15_000, 47_000, 90_000];

/** Runs a service three times over half an hour, and gives the times in which it ran. */
async function runThreeTimes(
  endpoint: string,
  {
    name,
    instance,
    gapMs,
  }: { readonly name: string; readonly instance: string | undefined; readonly gapMs: number },
): Promise<{ readonly fromMs: number; readonly toMs: number }> {
  const fromMs = pastMinute(50);
  const clock = new SteppedClock(fromMs);
  for (let run = 1; run <= runs; run += 1) {
    const toml = `
      [telemetry]
      endpoint = "${endpoint}"
      protocol = "http/protobuf"
      ${instance === undefined ? '' : `service-instance-id = "${instance}"`}`;
    // A restarted service is another process, and says so in its resource.
    const environment = { OTEL_RESOURCE_ATTRIBUTES: `process.pid=${1000 + run}` };
    await using telemetry = telemetryFromToml(toml, { clock, environment });
    for (let i = 0; i < flushesPerRun; i += 1) {
      telemetry.recordCounter(name, perFlush);
      clock.step(betweenFlushesMs);
      await deliver(telemetry);
    }
    clock.step(gapMs - betweenFlushesMs);
  }
  return { fromMs, toMs: clock.unixMs() };
}

describe('a service that is restarted', () => {
  describe('shows no spike in Prometheus', () => {
    let server: RunningBackend;
    beforeAll(async () => {
      server = await prometheus.start();
    });
    afterAll(() => server[Symbol.asyncDispose]());

    describe.each(gaps)('after %i ms', (gapMs) => {
      it.each(['node-1', undefined])('with the service-instance-id %s', async (id) => {
        const name = `restart.${id ?? 'fresh'}.${gapMs}`;
        const instance = id && `${id}-${gapMs}`;
        const times = await runThreeTimes(server.endpoint, { name, instance, gapMs });
        const counted = selector(prometheus.names.counter(name));
        expect(await largest(server, `sum(rate(${counted}[1m]))`, times)).toBeLessThan(highestRate);
        expect(await largest(server, `sum(rate(${counted}[5m]))`, times)).toBeLessThan(highestRate);
        const increase = await server.promQl.value(`sum(increase(${counted}[55m]))`, times.toMs);
        // It never sees the first value of a series grow from 0, but doesn't invent anything.
        expect(increase).toBeLessThan(all + 1e-6);
        expect(increase).toBeGreaterThan(all * 0.97);
      });
    });
  });

  describe('shows no spike in VictoriaMetrics', () => {
    let server: RunningBackend;
    beforeAll(async () => {
      server = await startVictoriaMetricsBackend([
        '-opentelemetry.ignoreResourceAttributes=process.pid,process.runtime.version,telemetry.sdk.version',
      ]);
    });
    afterAll(() => server[Symbol.asyncDispose]());

    it.each(gaps)('after %i ms with the same service-instance-id, and without process.pid', async (gapMs) => {
      const name = `restart.same.${gapMs}`;
      const times = await runThreeTimes(server.endpoint, { name, instance: 'node-1', gapMs });
      await server.settle();
      const counted = selector(victoriaMetrics.names.counter(name));
      expect(await largest(server, `sum(rate(${counted}[1m]))`, times)).toBeLessThan(highestRate);
      expect(await largest(server, `sum(rate(${counted}[5m]))`, times)).toBeLessThan(highestRate);
      expect(await server.promQl.value(`sum(increase(${counted}[55m]))`, times.toMs)).toBe(all);
    });

    it.each(gaps)('after %i ms with a fresh service-instance-id, in what increase() says', async (gapMs) => {
      const name = `restart.fresh.${gapMs}`;
      const times = await runThreeTimes(server.endpoint, { name, instance: undefined, gapMs });
      await server.settle();
      const counted = selector(victoriaMetrics.names.counter(name));
      expect(await largest(server, `sum(increase(${counted}[5m]))`, times)).toBeLessThan(3000 * 1.001);
      expect(await server.promQl.value(`sum(increase(${counted}[55m]))`, times.toMs)).toBe(all);
      // Its rate() divides by the time between samples, not by the window: two series are twice the rate for a while.
      expect(await largest(server, `sum(rate(${counted}[1m]))`, times)).toBeLessThan(2 * highestRate);
    });
  });
});

async function largest(
  server: RunningBackend,
  expression: string,
  times: { readonly fromMs: number; readonly toMs: number },
): Promise<number> {
  const [series] = await server.promQl.range(expression, { ...times, stepMs: 5000 });
  const values = series?.values.map(({ value }) => value) ?? [];
  expect(values.length).toBeGreaterThan(300);
  return Math.max(...values);
}
