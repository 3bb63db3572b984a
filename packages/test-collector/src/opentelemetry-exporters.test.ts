import { SpanStatusCode } from '@opentelemetry/api';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import {
  AggregationTemporalityPreference,
  OTLPMetricExporter as JsonMetricExporter,
} from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import {
  AggregationType,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { TestCollector } from './test-collector.ts';

/** The exporters of OpenTelemetry JS: another implementation of the protocol than ours. */

const resource = resourceFromAttributes({ 'service.name': 'gateway', 'service.instance.id': 'one' });

const { DELTA, CUMULATIVE } = AggregationTemporalityPreference;

interface ExporterSetUp {
  readonly url: string;
  readonly temporality: AggregationTemporalityPreference;
}

const json = ({ url, temporality }: ExporterSetUp): PushMetricExporter =>
  new JsonMetricExporter({ url: `${url}/v1/metrics`, temporalityPreference: temporality });
const protobuf = ({ url, temporality }: ExporterSetUp): PushMetricExporter =>
  new ProtobufMetricExporter({ url: `${url}/v1/metrics`, temporalityPreference: temporality });

test.each([
  ['JSON, cumulative', 'json', json, CUMULATIVE],
  ['JSON, delta', 'json', json, DELTA],
  ['protobuf, cumulative', 'protobuf', protobuf, CUMULATIVE],
  ['protobuf, delta', 'protobuf', protobuf, DELTA],
])('reads metrics of the exporter in %s', async (_, encoding, exporterFor, temporality) => {
  await using collector = await TestCollector.start();
  const exporter = exporterFor({ url: collector.url, temporality });
  const provider = new MeterProvider({
    resource,
    views: [
      { instrumentName: 'size', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } },
      {
        instrumentName: 'pipeline',
        aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: [10, 100] } },
      },
    ],
    readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
  });
  const meter = provider.getMeter('node', '1.2.3');
  const counter = meter.createCounter('ingest.success', { unit: '{message}' });
  const depth = meter.createUpDownCounter('queue.depth');
  const pipeline = meter.createHistogram('pipeline', { unit: 'ms' });
  const size = meter.createHistogram('size');
  counter.add(2, { chain: 'base' });
  pipeline.record(42);
  size.record(3);
  depth.add(5);
  meter.createObservableGauge('heap').addCallback((result) => result.observe(1.5));
  await provider.forceFlush();
  counter.add(3, { chain: 'base' });
  counter.add(4, { chain: 'eth' });
  pipeline.record(5);
  size.record(1000);
  depth.add(-2);
  await provider.shutdown();

  expect(collector.requests.map((request) => [request.encoding, request.status])).toEqual([
    [encoding, 200],
    [encoding, 200],
  ]);
  expect(collector.sum('ingest.success')).toBe(9n);
  expect(collector.sum('ingest.success', { chain: 'base' })).toBe(5n);
  expect(collector.sum('queue.depth')).toBe(3n);
  expect(collector.gauge('heap')).toBe(1.5);
  expect(collector.latency('pipeline')).toMatchObject({ unit: 'ms', count: 2n, sum: 47, min: 5, max: 42 });
  expect(collector.latency('size')).toMatchObject({ count: 2n, sum: 1003, min: 3, max: 1000 });
  expect(collector.resource()).toMatchObject({ 'service.name': 'gateway', 'service.instance.id': 'one' });
  expect(collector.metrics({ name: 'ingest.success' })[0]).toMatchObject({
    unit: '{message}',
    scope: { name: 'node', version: '1.2.3' },
  });
  expect(collector.duplicates({ name: 'ingest.success' })).toEqual([]);
});

test('has the exporter retry as the script makes it', async () => {
  await using collector = await TestCollector.start();
  collector.script([{ do: 'answer', status: 503, retryAfter: 0 }]);
  const exporter = json({ url: collector.url, temporality: DELTA });
  const provider = new MeterProvider({
    resource,
    readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
  });
  provider.getMeter('node').createCounter('ingest.success').add(2);
  await provider.shutdown();
  collector.assertScriptConsumed();
  expect(collector.requests.map(({ status }) => status)).toEqual([503, 200]);
  expect(collector.sum('ingest.success')).toBe(2n);
});

test('reads spans of the exporter in protobuf', async () => {
  await using collector = await TestCollector.start();
  const exporter = new OTLPTraceExporter({ url: `${collector.url}/v1/traces` });
  const provider = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const span = provider.getTracer('node').startSpan('GET /', { attributes: { route: '/' } });
  span.addEvent('read');
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'late' });
  span.end();
  await provider.shutdown();
  const { traceId, spanId } = span.spanContext();
  expect(collector.requests[0]).toMatchObject({ status: 200, encoding: 'protobuf', signal: 'traces' });
  expect(collector.spans()).toMatchObject([
    { traceId, spanId, name: 'GET /', events: [{ name: 'read' }], status: { code: 2, message: 'late' } },
  ]);
  expect(collector.spans()[0]?.attributes).toEqual([{ key: 'route', value: { stringValue: '/' } }]);
  expect(collector.resource()).toMatchObject({ 'service.name': 'gateway' });
});

test('reads log records of the exporter in JSON', async () => {
  await using collector = await TestCollector.start();
  const exporter = new OTLPLogExporter({ url: `${collector.url}/v1/logs` });
  const provider = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter })] });
  provider.getLogger('node').emit({ body: 'started', severityText: 'INFO' });
  await provider.shutdown();
  expect(collector.requests[0]).toMatchObject({ status: 200, encoding: 'json', signal: 'logs' });
  expect(collector.logRecords()).toMatchObject([{ body: { stringValue: 'started' }, severityText: 'INFO' }]);
});
