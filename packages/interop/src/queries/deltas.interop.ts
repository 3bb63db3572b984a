import { describe, expect, it } from 'vitest';
import { type RunningBackend, type Way, selector } from '../backends/backend.ts';
import { prometheus, startPrometheusBackend } from '../backends/prometheus.ts';
import { victoriaMetrics } from '../backends/victoria-metrics.ts';
import { pastMinute } from '../testing/past-minutes.ts';
import { SteppedClock } from '../testing/stepped-clock.ts';
import { deliver, telemetryFromToml } from '../testing/telemetry-from-toml.ts';

const toml = ({ endpoint }: RunningBackend, { protocol, compression }: Way): string => `
  [telemetry]
  endpoint = "${endpoint}"
  protocol = "${protocol}"
  compression = "${compression}"
  temporality = "delta"
  latency-bounds-ms = [10, 100]
`;

/** Ten flushes in ten minutes; gives when the last was. */
async function sendDeltas(server: RunningBackend, way: Way): Promise<number> {
  const clock = new SteppedClock(pastMinute(30));
  await using telemetry = telemetryFromToml(toml(server, way), { clock });
  for (let flush = 1; flush <= 10; flush += 1) {
    clock.step(60_000);
    telemetry.recordCounter('ingest', flush);
    telemetry.recordLatencyMs('pipeline', flush * 11);
    await deliver(telemetry);
  }
  await server.settle();
  return clock.unixMs();
}

describe.each(prometheus.ways)('deltas as $protocol with compression $compression', (way) => {
  it('are refused by Prometheus as it comes: 500, rejected, counted as that', async () => {
    await using server = await prometheus.start();
    const telemetry = telemetryFromToml(toml(server, way));
    telemetry.recordCounter('ingest', 7);
    const result = await telemetry.flush();
    expect(result).toMatchObject({ ok: false, error: { outcome: 'rejected', httpStatus: 500, kept: false } });
    expect(!result.ok && result.error.message).toContain('invalid temporality and type combination');
    expect(telemetry.account()).toMatchObject({ recorded: 7n, rejected: 7n, pending: 0n });
    await telemetry.shutdown();
  });

  it('are added up by Prometheus with otlp-deltatocumulative', async () => {
    await using server = await startPrometheusBackend({ features: ['otlp-deltatocumulative'] });
    const atMs = await sendDeltas(server, way);
    expect(await server.promQl.value('ingest_total', atMs)).toBe(55);
    expect(await server.promQl.value('pipeline_milliseconds_count', atMs)).toBe(10);
    expect(await server.promQl.value('pipeline_milliseconds_sum', atMs)).toBe(605);
    expect(await server.promQl.value('pipeline_milliseconds_bucket{le="100"}', atMs)).toBe(9);
  });

  it('are kept as they come by Prometheus with otlp-native-delta-ingestion', async () => {
    await using server = await startPrometheusBackend({ features: ['otlp-native-delta-ingestion'] });
    const atMs = await sendDeltas(server, way);
    expect(await server.promQl.value('sum_over_time(ingest_total[15m])', atMs)).toBe(55);
    expect(await server.promQl.value('sum_over_time(pipeline_milliseconds_count[15m])', atMs)).toBe(10);
  });
});

describe.each(victoriaMetrics.ways)('deltas as $protocol with compression $compression', (way) => {
  it('are kept as they come by VictoriaMetrics: sum_over_time() adds them up, increase() does not', async () => {
    await using server = await victoriaMetrics.start();
    const atMs = await sendDeltas(server, way);
    const ingest = selector(victoriaMetrics.names.counter('ingest'));
    expect(await server.promQl.value(`sum_over_time(${ingest}[15m])`, atMs)).toBe(55);
    expect(await server.promQl.value(`sum_over_time(${selector('pipeline_count')}[15m])`, atMs)).toBe(10);
    expect(await server.promQl.value(`increase(${ingest}[15m])`, atMs)).not.toBe(55);
  });
});
