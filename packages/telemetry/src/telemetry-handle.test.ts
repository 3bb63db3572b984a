import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { expect, it } from 'vitest';
import { TelemetryHandle, parseConfig } from './index.ts';

it('makes the handle that the configuration describes', async () => {
  await using collector = await TestCollector.start();
  await using telemetry = TelemetryHandle.fromConfig(
    parseConfig(
      `[telemetry]
       endpoint = "${collector.url}"
       protocol = "http/protobuf"
       compression = "gzip"
       latency-histogram = "exponential"
       cardinality-limit = 2
       self-metrics = true
       service-name = "sentry-eu-1"
       service-instance-id = "one"
       [telemetry.metrics.pipeline]
       description = "time from gossip to commit"
       [telemetry.metrics.steps]
       bounds = [1, 2]`,
      { environment: { OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test' } },
    ),
  );
  telemetry.recordLatencyMs('pipeline', 42);
  telemetry.latency('steps').record(2);
  for (const user of ['a', 'b', 'c']) telemetry.recordCounter('requests', 1, { user });
  expect(await telemetry.flush()).toMatchObject({ ok: true });
  expect(await telemetry.flush()).toMatchObject({ ok: true });

  const [request] = collector.requests;
  expect(request?.headers).toMatchObject({
    'content-type': 'application/x-protobuf',
    'content-encoding': 'gzip',
  });
  expect(collector.metrics({ name: 'pipeline' })[0]).toMatchObject({
    kind: 'exponential-histogram',
    count: 1n,
    unit: 'ms',
    description: 'time from gossip to commit',
  });
  expect(collector.metrics({ name: 'steps' })[0]).toMatchObject({ kind: 'histogram', bounds: [1, 2] });
  expect(collector.sum('requests', { 'otel.metric.overflow': true })).toBe(2n);
  expect(collector.sum('otel.sdk.exporter.metric_data_point.exported')).toBeGreaterThan(0n);
  expect(
    collector.metrics({ name: 'otel.sdk.exporter.metric_data_point.exported' })[0]?.attributes,
  ).toMatchObject({
    'otel.component.type': 'otlp_http_metric_exporter',
    'server.address': '127.0.0.1',
    'server.port': BigInt(collector.port),
  });
  expect(collector.resource()).toMatchObject({
    'service.name': 'sentry-eu-1',
    'service.instance.id': 'one',
    'deployment.environment.name': 'test',
  });
});

it('sends deltas when the configuration asks for them', async () => {
  await using collector = await TestCollector.start();
  await using telemetry = TelemetryHandle.fromConfig(
    parseConfig(`[telemetry]\nendpoint = "${collector.url}"\ntemporality = "delta"`, { environment: {} }),
  );
  for (const n of [2, 3]) {
    telemetry.recordCounter('c', n);
    expect(await telemetry.flush()).toMatchObject({ ok: true });
  }
  expect(collector.metrics({ name: 'c' }).map((point) => point.kind === 'sum' && point.value)).toEqual([
    2n,
    3n,
  ]);
  expect(collector.sum('c')).toBe(5n);
  expect(telemetry.account()).toMatchObject({ recorded: 5n, accepted: 5n });
});

it('names every problem of a plain object at once', () => {
  expect(() => TelemetryHandle.fromConfig({ endpoint: 'ftp://x', flushIntervalMs: 1 })).toThrow(
    /endpoint[^]*flushIntervalMs/,
  );
});
