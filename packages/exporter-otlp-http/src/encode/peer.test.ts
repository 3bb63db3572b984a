import { ValueType } from '@opentelemetry/api';
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import {
  AggregationTemporality,
  AggregationType,
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

class ManualReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** The same measurements for both. */
interface Recorder {
  count(name: string, delta: number, attributes: Record<string, string | number | boolean>): void;
  latency(name: string, valueMs: number, attributes: Record<string, string | number | boolean>): void;
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
      recorder.gauge('queue.depth', index - 0.1, attributes);
    }
  }
  recorder.count('large', Number.MAX_SAFE_INTEGER, {});
  recorder.count('zero', 0, {});
}

function peerPayload(protocol: OtlpProtocol): Promise<Uint8Array> {
  const reader = new ManualReader({
    aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE,
    aggregationSelector: () => ({ type: AggregationType.DEFAULT }),
  });
  const meter = new MeterProvider({ readers: [reader] }).getMeter('peer');
  recordAll({
    count: (name, delta, attributes) =>
      meter.createCounter(name, { ...ABOUT, valueType: ValueType.INT }).add(delta, attributes),
    latency: (name, valueMs, attributes) =>
      meter
        .createHistogram(name, { ...ABOUT, advice: { explicitBucketBoundaries: BOUNDS } })
        .record(valueMs, attributes),
    gauge: (name, value, attributes) => meter.createGauge(name, ABOUT).record(value, attributes),
  });
  const serializer = protocol === 'http/json' ? JsonMetricsSerializer : ProtobufMetricsSerializer;
  return reader.collect().then(({ resourceMetrics }) => {
    const payload = serializer.serializeRequest(resourceMetrics);
    if (payload === undefined) throw new Error('the peer serialized nothing');
    return payload;
  });
}

async function sendOurs(url: string, protocol: OtlpProtocol): Promise<void> {
  const exporter = new OtlpHttpExporter({ url, protocol });
  const telemetry = new TelemetryHandle({ exporter });
  recordAll({
    count: (name, delta, attributes) => telemetry.counter(name, { ...ABOUT, attributes }).add(delta),
    latency: (name, valueMs, attributes) =>
      telemetry
        .latency(name, { description: ABOUT.description, boundsMs: BOUNDS, attributes })
        .record(valueMs),
    gauge: (name, value, attributes) => telemetry.gauge(name, { ...ABOUT, attributes }).set(value),
  });
  expect(await telemetry.flush()).toMatchObject({ ok: true });
  await exporter.shutdown();
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
      .filter(([key]) => !Object.hasOwn(INTENDED_DIFFERENCES, key))
      .map(([key, field]) => [key, comparable(field)]),
  );
}

function sortKey(value: unknown): string {
  return JSON.stringify(value, (key, field: unknown) => {
    // What a metric, a point or an attribute is known by comes first in the order.
    if (typeof field === 'bigint') return `${field}n`;
    return key === 'dataPoints' ? undefined : field;
  });
}

test.each<OtlpProtocol>(['http/json', 'http/protobuf'])(
  '%s: what OpenTelemetry JS sends of the same measurements decodes to the same',
  async (protocol) => {
    const collector = await TestCollector.start();
    onTestFinished(() => collector.close());
    const url = `${collector.url}/v1/metrics`;

    await sendOurs(url, protocol);
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': contentTypeOf(protocol) },
      body: await peerPayload(protocol),
    });
    expect(response.status).toBe(200);

    const [ours, theirs] = collector.requests.map((request) => comparable(request.decoded?.message));
    expect(ours).toEqual(theirs);
    expect(collector.metrics().length).toBe(2 * (3 * 12 + 2));
  },
);
