import { describe, expect, it } from 'vitest';
import { type RunningBackend, selector } from '../backends/backend.ts';
import { prometheus, startPrometheusBackend } from '../backends/prometheus.ts';
import { victoriaMetrics } from '../backends/victoria-metrics.ts';
import { deliver, telemetryFromToml } from '../testing/telemetry-from-toml.ts';

type Placement = 'both' | 'resource' | 'datapoint';

/** Three nodes count; two of them are sentries. */
const nodes = [
  { instance: 'node-1', component: 'sentry', count: 1 },
  { instance: 'node-2', component: 'sentry', count: 20 },
  { instance: 'node-3', component: 'relayer', count: 300 },
];

/** Sends what the nodes count, and gives what a query for sentries alone adds up. */
async function sumOfSentries(
  server: RunningBackend,
  placement: Placement,
  name: string,
): Promise<number | undefined> {
  for (const { instance, component, count } of nodes) {
    await using telemetry = telemetryFromToml(`
      [telemetry]
      endpoint = "${server.endpoint}"
      protocol = "http/protobuf"
      service-name = "validator"
      service-instance-id = "${instance}"
      label-placement = "${placement}"

      [telemetry.labels]
      component = "${component}"
    `);
    telemetry.recordCounter('ingest', count);
    await deliver(telemetry);
  }
  await server.settle();
  return server.promQl.value(`sum(${selector(name, { component: 'sentry' })})`);
}

describe('a label of the configuration can be filtered on', () => {
  it.each(['both', 'datapoint'] as const)('in Prometheus with the placement %s', async (placement) => {
    await using server = await prometheus.start();
    expect(await sumOfSentries(server, placement, 'ingest_total')).toBe(21);
  });

  it('in Prometheus with the placement resource only through target_info', async () => {
    await using server = await prometheus.start();
    expect(await sumOfSentries(server, 'resource', 'ingest_total')).toBe(undefined);
    const joined =
      'sum(ingest_total * on (job, instance) group_left (component) target_info{component="sentry"})';
    expect(await server.promQl.value(joined)).toBe(21);
  });

  it('in Prometheus with the placement resource if it is told to promote it', async () => {
    await using server = await startPrometheusBackend({
      config: 'otlp: { promote_resource_attributes: [component] }',
    });
    expect(await sumOfSentries(server, 'resource', 'ingest_total')).toBe(21);
  });

  it.each(['both', 'datapoint', 'resource'] as const)(
    'in VictoriaMetrics with the placement %s',
    async (placement) => {
      await using server = await victoriaMetrics.start();
      expect(await sumOfSentries(server, placement, 'ingest')).toBe(21);
    },
  );
});
