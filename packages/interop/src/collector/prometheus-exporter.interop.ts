import { describe, expect, it } from 'vitest';
import { type ExposedSample, readExposition } from '../read-back/read-exposition.ts';
import { freePort } from '../run/free-port.ts';
import { type Collector, startCollector } from '../run/start-collector.ts';
import { waitUntil } from '../run/wait-until.ts';
import { deliver, telemetryFromToml } from '../testing/telemetry-from-toml.ts';

interface Exposing {
  readonly collector: Collector;
  readonly metricsUrl: string;
}

/** startExposing runs a Collector that a Prometheus would scrape. */
async function startExposing(exporter: object = {}): Promise<Exposing> {
  const port = await freePort();
  const collector = await startCollector({
    processors: { deltatocumulative: {} },
    exporters: { prometheus: { endpoint: `127.0.0.1:${port}`, ...exporter } },
  });
  return { collector, metricsUrl: `http://127.0.0.1:${port}/metrics` };
}

const toml = (endpoint: string, more: string): string => `
  [telemetry]
  endpoint = "${endpoint}"
  service-name = "validator"
  service-instance-id = "node-1"
  latency-bounds-ms = [10, 100]
  ${more}

  [telemetry.labels]
  component = "sentry"
`;

/** Scrapes until a sample is there that has a value. */
async function scrapeUntil(url: string, name: string, value: string): Promise<readonly ExposedSample[]> {
  return waitUntil(`for ${name} to be ${value}`, async () => {
    const samples = await readExposition(url);
    return samples.some((sample) => sample.name === name && sample.value === value) && samples;
  });
}

describe('a Collector that Prometheus scrapes', () => {
  it.each(['cumulative', 'delta'])('adds up what comes in %s flushes', async (temporality) => {
    const { collector, metricsUrl } = await startExposing();
    await using _ = collector;
    await using telemetry = telemetryFromToml(toml(collector.url, `temporality = "${temporality}"`));
    for (let flush = 1; flush <= 20; flush += 1) {
      telemetry.recordCounter('ingest', flush, { chain: 'base' });
      telemetry.recordLatencyMs('pipeline', flush * 6);
      telemetry.recordGauge('queue.depth', flush);
      await deliver(telemetry);
    }
    const samples = await scrapeUntil(metricsUrl, 'pipeline_milliseconds_count', '20');
    const valueOf = (name: string, labels = {}): string | undefined =>
      samples.find((sample) => {
        const wanted = Object.entries({
          component: 'sentry',
          job: 'validator',
          instance: 'node-1',
          ...labels,
        });
        return sample.name === name && wanted.every(([key, value]) => sample.labels[key] === value);
      })?.value;
    expect(valueOf('ingest_total', { chain: 'base' })).toBe('210');
    expect(valueOf('pipeline_milliseconds_sum')).toBe('1260');
    expect(valueOf('pipeline_milliseconds_bucket', { le: '10' })).toBe('1');
    expect(valueOf('pipeline_milliseconds_bucket', { le: '100' })).toBe('16');
    expect(valueOf('queue_depth')).toBe('20');
  });

  it.each([
    ['both', false, 'sentry'],
    ['datapoint', false, 'sentry'],
    ['resource', false, undefined],
    ['resource', true, 'sentry'],
  ])('with label-placement %s and resource_to_telemetry_conversion %s: component is %s', async (...row) => {
    const [placement, enabled, component] = row;
    const { collector, metricsUrl } = await startExposing({ resource_to_telemetry_conversion: { enabled } });
    await using _ = collector;
    await using telemetry = telemetryFromToml(toml(collector.url, `label-placement = "${placement}"`));
    telemetry.recordCounter('ingest', 7);
    await deliver(telemetry);
    const samples = await scrapeUntil(metricsUrl, 'ingest_total', '7');
    expect(samples.find(({ name }) => name === 'ingest_total')?.labels['component']).toBe(component);
  });
});
