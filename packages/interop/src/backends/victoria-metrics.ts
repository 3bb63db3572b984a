import { PromQl } from '../read-back/prom-ql.ts';
import { startVictoriaMetrics } from '../run/start-victoria-metrics.ts';
import { type Backend, type RunningBackend, selector } from './backend.ts';

/** victoriaMetrics is VictoriaMetrics as it comes: it keeps names as they are. */
export const victoriaMetrics: Backend = {
  title: 'VictoriaMetrics',
  ways: [
    { protocol: 'http/protobuf', compression: 'none' },
    { protocol: 'http/protobuf', compression: 'gzip' },
    { protocol: 'http/protobuf', compression: 'zstd' },
  ],
  refusedWays: [
    {
      protocol: 'http/json',
      compression: 'none',
      says: /json encoding isn't supported .* Use protobuf encoding/,
    },
  ],
  names: {
    counter: (name) => name,
    gauge: (name) => name,
    histogram: (name) => name,
    label: (key) => key,
    serviceName: 'service.name',
    serviceInstanceId: 'service.instance.id',
  },
  start: () => startVictoriaMetricsBackend(),
  exponentialQuantile: (quantile, latency) =>
    `histogram_quantile(${quantile}, sum by (vmrange) (rate(${selector(`${latency}_bucket`)}[5m])))`,
  exponentialMean: (latency) =>
    `sum(rate(${selector(`${latency}_sum`)}[5m])) / sum(rate(${selector(`${latency}_count`)}[5m]))`,
};

/** startVictoriaMetricsBackend runs a VictoriaMetrics that a test wants to be different. */
export async function startVictoriaMetricsBackend(flags: readonly string[] = []): Promise<RunningBackend> {
  const server = await startVictoriaMetrics(flags);
  return {
    ...server,
    endpoint: `${server.url}/opentelemetry`,
    promQl: new PromQl(server.url),
    settle: async () => {
      // It shows new samples after some seconds otherwise.
      const response = await fetch(`${server.url}/internal/force_flush`);
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`force_flush answered ${response.status}`);
    },
  };
}
