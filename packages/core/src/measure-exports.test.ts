import { expect, it } from 'vitest';
import { TelemetryHandle } from './index.ts';
import { ManualClock } from './testing/manual-clock.ts';
import { ScriptedExporter, failed } from './testing/scripted-exporter.ts';

it('records what an export did, to go out with the next flush', async () => {
  const exporter = new ScriptedExporter();
  const clock = new ManualClock();
  const attributes = { 'otel.component.name': 'otlp_http_metric_exporter/0' };
  const telemetry = new TelemetryHandle({ exporter, clock, timeoutMs: 100, selfMetrics: attributes });
  const once = { force: true };
  telemetry.recordCounter('c', 1);
  exporter.next(async (snapshot) => {
    expect(snapshot.total('otel.sdk.exporter.metric_data_point.inflight', attributes)).toBe(0n);
    expect(telemetry.snapshot().total('otel.sdk.exporter.metric_data_point.inflight', attributes)).toBe(1n);
    clock.advance(50);
    return { status: 'accepted', sentDataPoints: 1 };
  });
  await telemetry.flush();
  expect(telemetry.snapshot().total('otel.sdk.exporter.metric_data_point.exported', attributes)).toBe(1n);
  expect(telemetry.snapshot().latency('otel.sdk.exporter.operation.duration', attributes)).toMatchObject({
    count: 1,
    sum: 0.05,
  });

  exporter.next(failed('ambiguous'));
  await telemetry.flush(once);
  exporter.next({ status: 'partial', rejectedDataPoints: 2, sentDataPoints: 5, message: '' });
  await telemetry.flush(once);
  const snapshot = telemetry.snapshot();
  const exported = (errorType: string): bigint =>
    snapshot.total('otel.sdk.exporter.metric_data_point.exported', {
      ...attributes,
      'error.type': errorType,
    });
  expect(exported('TEST_FAILURE')).toBe(4n);
  expect(exported('rejected')).toBe(2n);
  expect(snapshot.total('otel.sdk.exporter.metric_data_point.inflight', attributes)).toBe(0n);
  await telemetry.shutdown();
});

it('records nothing of the kind unless it is asked to', async () => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
  telemetry.recordCounter('c', 1);
  await telemetry.flush();
  expect(telemetry.snapshot().points).toHaveLength(1);
});

it('has nothing in flight once an exporter has thrown', async () => {
  const exporter = new ScriptedExporter();
  const telemetry = new TelemetryHandle({
    exporter,
    clock: new ManualClock(),
    timeoutMs: 100,
    selfMetrics: {},
  });
  exporter.export = () => {
    throw new Error('broken');
  };
  telemetry.recordCounter('c', 1);
  expect(await telemetry.flush()).toMatchObject({ ok: false, error: { code: 'EXPORTER_FAILED' } });
  expect(telemetry.snapshot().total('otel.sdk.exporter.metric_data_point.inflight')).toBe(0n);
});
