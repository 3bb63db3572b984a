import { PromQl } from '../read-back/prom-ql.ts';
import { type PrometheusOptions, startPrometheus } from '../run/start-prometheus.ts';
import { type Backend, type RunningBackend, selector } from './backend.ts';

const unitSuffixes = new Map([
  ['ms', '_milliseconds'],
  ['By', '_bytes'],
  ['s', '_seconds'],
]);

const translated = (name: string, unit = ''): string =>
  `${name.replaceAll(/\W/g, '_')}${unitSuffixes.get(unit) ?? ''}`;

/** prometheus is Prometheus with its OTLP receiver, and nothing else set. */
export const prometheus: Backend = {
  title: 'Prometheus',
  ways: [
    { protocol: 'http/json', compression: 'none' },
    { protocol: 'http/json', compression: 'gzip' },
    { protocol: 'http/protobuf', compression: 'none' },
    { protocol: 'http/protobuf', compression: 'gzip' },
  ],
  refusedWays: [
    { protocol: 'http/protobuf', compression: 'zstd', says: /unsupported compression: zstd\. Only "gzip"/ },
  ],
  names: {
    counter: (name, unit) => `${translated(name, unit)}_total`,
    gauge: translated,
    histogram: translated,
    label: (key) => key.replaceAll(/\W/g, '_'),
    serviceName: 'job',
    serviceInstanceId: 'instance',
  },
  start: () => startPrometheusBackend(),
  exponentialQuantile: (quantile, latency) =>
    `histogram_quantile(${quantile}, sum(rate(${selector(translated(latency, 'ms'))}[5m])))`,
  exponentialMean: (latency) => `histogram_avg(rate(${selector(translated(latency, 'ms'))}[5m]))`,
};

/** startPrometheusBackend runs a Prometheus that a test wants to be different. */
export async function startPrometheusBackend(options: PrometheusOptions = {}): Promise<RunningBackend> {
  const server = await startPrometheus(options);
  return {
    ...server,
    endpoint: `${server.url}/api/v1/otlp`,
    promQl: new PromQl(server.url),
    // What was taken is there.
    settle: async () => {},
  };
}
