import { ValueType } from '@opentelemetry/api';
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import {
  AggregationTemporality,
  AggregationType,
  InstrumentType,
  MeterProvider,
  MetricReader,
} from '@opentelemetry/sdk-metrics';
import { TelemetryHandle } from '@pqcnet/telemetry-core';
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { expect, onTestFinished, test } from 'vitest';

import { type OtlpProtocol, contentTypeOf } from '../exporter-options.ts';
import { OtlpHttpExporter } from '../otlp-http-exporter.ts';

/**
 * Where our payloads may differ from those of OpenTelemetry JS for the same measurements. The list is closed: a
 * difference in any other field fails.
 */
const INTENDED_DIFFERENCES: Readonly<Record<string, string>> = {
  resource: 'each SDK says who it is',
  scope: 'ours is one scope for the whole library',
  schemaUrl: 'OpenTelemetry JS names none or its own',
  startTimeUnixNano: 'the two were started at different moments, and our gauges have no start',
  timeUnixNano: 'the two were read at different moments',
};

/** Fields that may be missing where they say nothing. */
const LEFT_OUT_WHEN_EMPTY: Readonly<Record<string, string>> = {
  negative: 'ours leaves out the buckets of a sign that no value had',
};

class ManualReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** The same measurements for both. */
interface Recorder {
  count(name: string, delta: number, attributes: Record<string, string | number | boolean>): void;
  latency(name: string, valueMs: number, attributes: Record<string, string | number | boolean>): void;
  histogram(name: string, value: number, attributes: Record<string, string | number | boolean>): void;
  gauge(name: string, value: number, attributes: Record<string, string | number | boolean>): void;
}

const BOUNDS = [1, 10, 100];
const ABOUT = { unit: 'ms', description: 'with an é, a "quote" and a 🚀' };

function recordAll(recorder: Recorder): void {
  for (const chain of ['base', 'ethereum', '', 'é🚀"\\']) {
    for (let index = 1; index <= 3; index += 1) {
      const attributes = { chain, index, share: index / 8, ok: index > 1 };
      recorder.count('ingest.success', index * 1_000_003, attributes);
      recorder.latency('pipeline', index * 7.25, attributes);
      recorder.latency('pipeline', index / 3, attributes);
      // Nothing below 0, which OpenTelemetry JS does not record; enough of a range that buckets are merged.
      for (const value of [0, index / 3, 1e12 * index]) recorder.histogram('balance', value, attributes);
      recorder.gauge('queue.depth', index - 0.1, attributes);
    }
  }
  recorder.count('large', Number.MAX_SAFE_INTEGER, {});
}

type Sender = (protocol: OtlpProtocol, url: string) => Promise<void>;

/** What to compare. */
interface Comparison {
  readonly temporality: 'cumulative' | 'delta';
  readonly histograms: 'explicit' | 'exponential';
}

/** Records and sends with OpenTelemetry JS, as often as it is called. */
function peer({ temporality, histograms }: Comparison): Sender {
  const reader = new ManualReader({
    aggregationTemporalitySelector: () =>
      temporality === 'delta' ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE,
    aggregationSelector: (type) =>
      type === InstrumentType.HISTOGRAM && histograms === 'exponential'
        ? { type: AggregationType.EXPONENTIAL_HISTOGRAM }
        : { type: AggregationType.DEFAULT },
  });
  const meter = new MeterProvider({ readers: [reader] }).getMeter('peer');
  const recorder: Recorder = {
    count: (name, delta, attributes) =>
      meter.createCounter(name, { ...ABOUT, valueType: ValueType.INT }).add(delta, attributes),
    latency: (name, valueMs, attributes) =>
      meter
        .createHistogram(name, { ...ABOUT, advice: { explicitBucketBoundaries: BOUNDS } })
        .record(valueMs, attributes),
    histogram: (name, value, attributes) =>
      meter
        .createHistogram(name, { ...ABOUT, advice: { explicitBucketBoundaries: BOUNDS } })
        .record(value, attributes),
    gauge: (name, value, attributes) => meter.createGauge(name, ABOUT).record(value, attributes),
  };
  return async (protocol, url) => {
    recordAll(recorder);
    const { resourceMetrics } = await reader.collect();
    const serializer = protocol === 'http/json' ? JsonMetricsSerializer : ProtobufMetricsSerializer;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': contentTypeOf(protocol) },
      body: serializer.serializeRequest(resourceMetrics) ?? null,
    });
    expect(response.status).toBe(200);
  };
}

/** Records and sends with ours, as often as it is called. */
function ours(protocol: OtlpProtocol, url: string, { temporality, histograms }: Comparison): Sender {
  const exporter = new OtlpHttpExporter({ url, protocol, temporality });
  onTestFinished(() => exporter.shutdown());
  const telemetry = new TelemetryHandle({ exporter, latencyHistogram: histograms });
  const boundsMs = histograms === 'explicit' ? BOUNDS : undefined;
  const recorder: Recorder = {
    count: (name, delta, attributes) => telemetry.counter(name, { ...ABOUT, attributes }).add(delta),
    latency: (name, valueMs, attributes) =>
      telemetry.latency(name, { description: ABOUT.description, boundsMs, attributes }).record(valueMs),
    histogram: (name, value, attributes) =>
      telemetry.histogram(name, { ...ABOUT, bounds: boundsMs, attributes }).record(value),
    gauge: (name, value, attributes) => telemetry.gauge(name, { ...ABOUT, attributes }).set(value),
  };
  return async () => {
    recordAll(recorder);
    expect(await telemetry.flush()).toMatchObject({ ok: true });
  };
}

/** A decoded message without the fields that may differ, and without the order of metrics, points and attributes. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(comparable);
    const isKeyed = items.some((item) => typeof item === 'object' && item !== null);
    return isKeyed ? items.toSorted((one, other) => sortKey(one).localeCompare(sortKey(other))) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, field]) => !Object.hasOwn(INTENDED_DIFFERENCES, key) && !isLeftOut(key, field))
      .map(([key, field]) => [key, comparable(field)]),
  );
}

function isLeftOut(key: string, field: unknown): boolean {
  if (!Object.hasOwn(LEFT_OUT_WHEN_EMPTY, key) || typeof field !== 'object' || field === null) return false;
  return 'bucketCounts' in field && Array.isArray(field.bucketCounts) && field.bucketCounts.length === 0;
}

function sortKey(value: unknown): string {
  return JSON.stringify(value, (key, field: unknown) => {
    // What a metric, a point or an attribute is known by comes first in the order.
    if (typeof field === 'bigint') return `${field}n`;
    return key === 'dataPoints' ? undefined : field;
  });
}

const comparisons = (['http/json', 'http/protobuf'] as const).flatMap((protocol) =>
  (['cumulative', 'delta'] as const).flatMap((temporality) =>
    (['explicit', 'exponential'] as const).map((histograms) => [protocol, temporality, histograms] as const),
  ),
);

test.each(comparisons)(
  '%s, %s, %s histograms: what OpenTelemetry JS sends of the same measurements decodes to the same',
  async (protocol, temporality, histograms) => {
    const collector = await TestCollector.start();
    onTestFinished(() => collector.close());
    const url = `${collector.url}/v1/metrics`;
    const senders = [ours(protocol, url, { temporality, histograms }), peer({ temporality, histograms })];
    // Two windows, so that deltas and totals differ.
    for (let window = 1; window <= 2; window += 1) {
      collector.reset();
      for (const send of senders) await send(protocol, url);
      const [one, other] = collector.requests.map((request) => comparable(request.decoded?.message));
      expect(one).toEqual(other);
      expect(collector.metrics().length).toBe(2 * (4 * 12 + 1));
    }
  },
);
