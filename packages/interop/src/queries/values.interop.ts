import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningBackend, selector } from '../backends/backend.ts';
import { backends } from '../backends/backends.ts';
import { victoriaMetrics } from '../backends/victoria-metrics.ts';
import { waitUntil } from '../run/wait-until.ts';
import { deliver, telemetryFromToml } from '../testing/telemetry-from-toml.ts';

describe.each(backends)('$title', (backend) => {
  const { names, ways, refusedWays } = backend;
  let server: RunningBackend;

  beforeAll(async () => {
    server = await backend.start();
  });

  afterAll(() => server[Symbol.asyncDispose]());

  const toml = (settings: Readonly<Record<string, string>>): string => `
    [telemetry]
    endpoint = "${server.endpoint}"
    service-name = "node"
    latency-bounds-ms = [1, 10, 100]
    ${Object.entries(settings)
      .map(([key, value]) => `${key} = ${JSON.stringify(value)}`)
      .join('\n')}

    [telemetry.labels]
    component = "sentry"
    "my.label" = "ä € 𝄞 \\"x\\""
    shard = 7
    canary = true
  `;

  describe.each(ways)('as $protocol with compression $compression', ({ protocol, compression }) => {
    const instance = `${protocol} ${compression}`;

    it('has every value, with labels, attributes, units and times', async () => {
      await using telemetry = telemetryFromToml(
        toml({ protocol, compression, 'service-instance-id': instance }),
      );
      const bytes = telemetry.counter('ingest.size', { unit: 'By' });
      telemetry.recordCounter('ingest.success', 41, { chain: 'base' });
      telemetry.recordCounter('ingest.success', 5, { chain: 'eth', component: 'relayer' });
      bytes.add(2n ** 53n - 1n);
      telemetry.upDownCounter('connections').add(-3);
      telemetry.recordGauge('queue.depth', -17.25);
      telemetry.recordGauge('exact', 0.1);
      for (const milliseconds of [0, 1, 1.5, 10, 99, 100.5])
        telemetry.recordLatencyMs('pipeline', milliseconds);
      await deliver(telemetry);
      telemetry.recordCounter('ingest.success', 1, { chain: 'base' });
      const { snapshot } = await deliver(telemetry);
      await server.settle();

      const unixMs = Number(snapshot.timeUnixNano / 1_000_000n) + 1;
      const labels = {
        [names.serviceInstanceId]: instance,
        [names.serviceName]: 'node',
        component: 'sentry',
        [names.label('my.label')]: 'ä € 𝄞 "x"',
        shard: '7',
        canary: 'true',
      };
      const value = (
        name: string,
        more: Readonly<Record<string, string>> = {},
      ): Promise<number | undefined> => server.promQl.value(selector(name, { ...labels, ...more }), unixMs);

      expect(await value(names.counter('ingest.success'), { chain: 'base' })).toBe(42);
      // The point's own attribute wins over the label.
      expect(await value(names.counter('ingest.success'), { chain: 'eth', component: 'relayer' })).toBe(5);
      expect(await value(names.counter('ingest.size', 'By'))).toBe(2 ** 53 - 1);
      expect(await value(names.gauge('connections'))).toBe(-3);
      expect(await value(names.gauge('queue.depth'))).toBe(-17.25);
      expect(await value(names.gauge('exact'))).toBe(0.1);
      const latency = names.histogram('pipeline', 'ms');
      expect(await value(`${latency}_count`)).toBe(6);
      expect(await value(`${latency}_sum`)).toBe(212);
      const buckets = ['1', '10', '100', '+Inf'].map((le) => value(`${latency}_bucket`, { le }));
      expect(await Promise.all(buckets)).toEqual([2, 4, 5, 6]);

      const newest = `timestamp(${selector(names.counter('ingest.success'), { ...labels, chain: 'base' })})`;
      expect(await server.promQl.value(newest, unixMs)).toBe(
        Number(snapshot.timeUnixNano / 1_000_000n) / 1000,
      );
    });
  });

  it.each(refusedWays)('refuses $protocol with compression $compression, and says so', async (way) => {
    const { protocol, compression, says } = way;
    await using telemetry = telemetryFromToml(toml({ protocol, compression }));
    telemetry.recordCounter('refused', 1);
    const result = await telemetry.flush();
    expect(result).toMatchObject({ ok: false, error: { outcome: 'rejected', httpStatus: 400, kept: true } });
    expect(!result.ok && result.error.message).toMatch(says);
  });
});

it('VictoriaMetrics has the units and descriptions as metadata', async () => {
  await using server = await victoriaMetrics.start();
  await using telemetry = telemetryFromToml(`
    [telemetry]
    endpoint = "${server.endpoint}"
    protocol = "http/protobuf"

    [telemetry.metrics."ingest.size"]
    unit = "By"
    description = "what came in"
  `);
  telemetry.recordCounter('ingest.size', 1);
  telemetry.recordLatencyMs('pipeline', 1);
  await deliver(telemetry);
  const metadata = await waitUntil('for metadata', async () => {
    const { data } = (await (await fetch(`${server.url}/api/v1/metadata`)).json()) as {
      readonly data: object;
    };
    return 'pipeline' in data && data;
  });
  expect(metadata).toMatchObject({
    'ingest.size': [{ type: 'counter', unit: 'By', help: 'what came in' }],
    pipeline: [{ type: 'histogram', unit: 'ms' }],
  });
});
