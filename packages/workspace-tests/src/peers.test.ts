// What docs/from-opentelemetry.md and docs/from-prom-client.md say of these libraries holds for the versions here.
import {
  AggregationTemporalityPreference,
  OTLPMetricExporter,
} from '@opentelemetry/exporter-metrics-otlp-http';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { Counter, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';

function makeProvider(
  collector: TestCollector,
  temporalityPreference = AggregationTemporalityPreference.CUMULATIVE,
): MeterProvider {
  const exporter = new OTLPMetricExporter({ url: `${collector.url}/v1/metrics`, temporalityPreference });
  return new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
}

describe('OpenTelemetry JS', () => {
  it('resolves a shutdown whose export failed', async () => {
    await using collector = await TestCollector.start();
    collector.script([{ do: 'answer', status: 400 }]);
    const provider = makeProvider(collector);
    provider.getMeter('m').createCounter('c').add(1);
    await expect(provider.shutdown()).resolves.toBeUndefined();
    expect(collector.requests).toMatchObject([{ status: 400 }]);
  });

  it('loses the deltas of a failed export', async () => {
    await using collector = await TestCollector.start();
    collector.script([{ do: 'answer', status: 400 }]);
    const provider = makeProvider(collector, AggregationTemporalityPreference.DELTA);
    const counter = provider.getMeter('m').createCounter('c');
    counter.add(41);
    await provider.forceFlush();
    counter.add(1);
    await provider.shutdown();
    expect(collector.sum('c')).toBe(1n);
  });

  it('takes a partial success for a success', async () => {
    await using collector = await TestCollector.start();
    collector.script([{ do: 'partial-success', rejected: 1, message: 'no' }]);
    const provider = makeProvider(collector);
    provider.getMeter('m').createCounter('c').add(1);
    await expect(provider.forceFlush()).resolves.toBeUndefined();
    await provider.shutdown();
  });

  it('counts no further than 2^53', async () => {
    await using collector = await TestCollector.start();
    const provider = makeProvider(collector);
    const counter = provider.getMeter('m').createCounter('c');
    counter.add(2 ** 53);
    for (let i = 0; i < 10; i++) counter.add(1);
    await provider.shutdown();
    expect(collector.sum('c')).toBe(2n ** 53n);
  });

  it('never gets rid of NaN', async () => {
    await using collector = await TestCollector.start();
    const provider = makeProvider(collector);
    const counter = provider.getMeter('m').createCounter('c');
    counter.add(Number.NaN);
    counter.add(1);
    await provider.shutdown();
    expect(collector.requests[0]?.rawBody.toString()).toContain('"asDouble":null');
  });
});

function makeCounter(): Counter {
  return new Counter({ name: 'c', help: 'c', labelNames: ['chain'], registers: [new Registry()] });
}

describe('prom-client', () => {
  it('throws when a counter is to fall, and for a label that was not declared', () => {
    expect(() => makeCounter().inc(-1)).toThrow('not possible to decrease');
    expect(() => makeCounter().inc({ region: 'eu' }, 1)).toThrow('region');
  });

  it('never gets rid of NaN', async () => {
    const counter = makeCounter();
    counter.inc(Number.NaN);
    counter.inc(1);
    expect((await counter.get()).values).toMatchObject([{ value: Number.NaN }]);
  });

  it('has no limit of series', async () => {
    const counter = makeCounter();
    for (let i = 0; i < 10_000; i++) counter.inc({ chain: `${i}` });
    expect((await counter.get()).values).toHaveLength(10_000);
  });
});
