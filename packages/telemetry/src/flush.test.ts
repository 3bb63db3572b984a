import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TelemetryHandle, parseConfig } from './index.ts';

/** One try, whatever was before. */
const onlyOnce = { maxAttempts: 1, force: true };

let collector: TestCollector;
let telemetry: TelemetryHandle;

beforeEach(async () => {
  collector = await TestCollector.start();
  telemetry = TelemetryHandle.fromConfig(
    parseConfig(
      `[telemetry]
       endpoint = "${collector.url}"
       latency-bounds-ms = [10, 50]
       [telemetry.labels]
       component = "sentry"
       cluster = "validator-net"`,
      { environment: {} },
    ),
  );
});

afterEach(async () => {
  await telemetry.shutdown();
  collector.assertScriptConsumed();
  await collector.close();
});

describe('a counter and a latency', () => {
  it('reach the collector with their values, labels and times', async () => {
    const before = BigInt(Date.now()) * 1_000_000n;
    telemetry.recordCounter('ingest.success', 1);
    telemetry.recordCounter('ingest.success', 2n, { chain: 'base' });
    telemetry.counter('big').add(2n ** 53n + 1n);
    telemetry.recordLatencyMs('pipeline', 42);
    telemetry.latency('pipeline').record(10);
    telemetry.recordGauge('queue.depth', 17);
    const result = await telemetry.flush();
    expect(result).toMatchObject({ ok: true, value: { warnings: [] } });

    expect(collector.sum('ingest.success')).toBe(3n);
    expect(collector.sum('ingest.success', { chain: 'base' })).toBe(2n);
    expect(collector.sum('big')).toBe(2n ** 53n + 1n);
    expect(collector.gauge('queue.depth')).toBe(17);
    expect(collector.latency('pipeline')).toMatchObject({ count: 2n, sum: 52, min: 10, max: 42 });
    expect(collector.resource()).toMatchObject({
      component: 'sentry',
      cluster: 'validator-net',
      'service.name': 'sentry',
      'telemetry.sdk.name': '@pqcnet/telemetry',
    });
    for (const point of collector.metrics()) {
      expect(point.attributes).toMatchObject({ component: 'sentry', cluster: 'validator-net' });
    }
    const [point] = collector.metrics({ name: 'ingest.success' });
    expect(point?.startTimeUnixNano).toBeLessThan(point?.timeUnixNano ?? 0n);
    expect(point?.timeUnixNano).toBeGreaterThanOrEqual(before);
    expect(point?.timeUnixNano).toBe(result.ok && result.value.snapshot.timeUnixNano);

    const [request] = collector.requests;
    expect(request?.path).toBe('/v1/metrics');
    expect(request?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(String(request?.body))).toHaveProperty(
      'resourceMetrics.0.scopeMetrics.0.scope.name',
      '@pqcnet/telemetry',
    );
  });
});

describe('the account', () => {
  it('holds after an accepted flush, which clears', async () => {
    telemetry.recordCounter('c', 2);
    await telemetry.flush();
    expect(telemetry.snapshot().counter('c')).toBe(0n);
    telemetry.recordCounter('c', 3);
    await telemetry.flush();
    expect(collector.sum('c')).toBe(5n);
    expect(telemetry.account()).toMatchObject({ recorded: 5n, accepted: collector.sum('c'), pending: 0n });
  });

  it('holds after a refused connection, which clears nothing: the next flush has both', async () => {
    const { port } = collector;
    await collector.close();
    telemetry.recordCounter('c', 2);
    telemetry.recordLatencyMs('p', 5);
    expect(await telemetry.flush(onlyOnce)).toMatchObject({
      ok: false,
      error: { code: 'CONNECTION_FAILED', kept: true },
    });
    expect(telemetry.account()).toMatchObject({ recorded: 3n, accepted: 0n, pending: 3n });

    collector = await TestCollector.start({ port });
    telemetry.recordCounter('c', 3);
    telemetry.recordLatencyMs('p', 7);
    const result = await telemetry.flush(onlyOnce);
    expect(result.ok && result.value.snapshot.counter('c')).toBe(5n);
    expect(collector.sum('c')).toBe(5n);
    expect(collector.latency('p')).toMatchObject({ count: 2n, sum: 12, min: 5, max: 7 });
    expect(telemetry.account()).toMatchObject({ recorded: 7n, accepted: 7n, pending: 0n });
  });

  it.each([
    [400, 'rejected'],
    [401, 'refused'],
    [404, 'refused'],
    [500, 'rejected'],
    [503, 'ambiguous'],
  ])('holds after a %d, which is an error that says the data were %s', async (status, outcome) => {
    collector.script([{ do: 'answer', status }]);
    telemetry.recordCounter('c', 2);
    const result = await telemetry.flush(onlyOnce);
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'HTTP_STATUS', outcome, kept: true, message: expect.stringContaining(String(status)) },
    });
    expect(telemetry.account()).toMatchObject({ recorded: 2n, pending: 2n });
    expect(await telemetry.flush(onlyOnce)).toMatchObject({ ok: true });
    expect(telemetry.account()).toMatchObject({ recorded: 2n, accepted: 2n, pending: 0n });
  });

  it('holds after a partial success, which is an error with the number of rejected points', async () => {
    collector.script([{ do: 'partial-success', rejected: 1, message: 'too old' }]);
    telemetry.recordCounter('c', 2);
    telemetry.recordCounter('d', 2);
    expect(await telemetry.flush()).toMatchObject({
      ok: false,
      error: {
        code: 'PARTIAL_SUCCESS',
        rejectedDataPoints: 1,
        kept: false,
        message: expect.stringContaining('too old'),
      },
    });
    expect(telemetry.account()).toMatchObject({ recorded: 4n, unattributed: 4n });
    await telemetry.flush();
    expect(telemetry.account()).toMatchObject({ recorded: 4n, accepted: 4n, unattributed: 0n });
  });

  it('holds when the connection is reset after the body: what was sent is pending', async () => {
    collector.script([{ do: 'reset', when: 'after-body', store: true }]);
    telemetry.recordCounter('c', 2);
    expect(await telemetry.flush(onlyOnce)).toMatchObject({
      ok: false,
      error: { code: 'CONNECTION_LOST', kept: true },
    });
    expect(telemetry.account()).toMatchObject({ recorded: 2n, accepted: 0n, pending: 2n });
    await telemetry.flush(onlyOnce);
    expect(telemetry.account()).toMatchObject({ recorded: 2n, accepted: 2n });
    expect(collector.sum('c')).toBe(2n);
  });

  it('holds when the collector never answers: the flush ends by its deadline', async () => {
    collector.script([{ do: 'never-answer' }]);
    telemetry.recordCounter('c', 2);
    expect(await telemetry.flush({ timeoutMs: 50 })).toMatchObject({
      ok: false,
      error: { code: 'DEADLINE_EXCEEDED', kept: true },
    });
    expect(telemetry.account()).toMatchObject({ recorded: 2n, pending: 2n });
  });
});

it('refuses a counter overflow and sends the exact total', async () => {
  telemetry.recordCounter('c', 2n ** 63n - 1n);
  expect(telemetry.recordCounter('c', 2n ** 63n + 1n)).toMatchObject({
    ok: false,
    error: { code: 'COUNTER_OVERFLOW' },
  });
  await telemetry.flush();
  expect(collector.sum('c')).toBe(2n ** 63n - 1n);
});

it('flushes by itself once started, and a last time at shutdown', async () => {
  await telemetry.shutdown();
  telemetry = TelemetryHandle.fromConfig({ endpoint: collector.url, flushIntervalMs: 10 });
  telemetry.start();
  telemetry.recordCounter('c', 1);
  await collector.waitFor(() => collector.sum('c') === 1n);
  telemetry.recordCounter('c', 1);
  await telemetry.shutdown();
  expect(collector.sum('c')).toBe(2n);
});

it('sends nothing when the environment disables it', async () => {
  const disabled = TelemetryHandle.fromConfig(
    parseConfig(`[telemetry]\nendpoint = "${collector.url}"`, { environment: { OTEL_SDK_DISABLED: 'true' } }),
  );
  expect(disabled.recordCounter('c', 1)).toEqual({ ok: true });
  expect(await disabled.flush()).toMatchObject({ ok: true });
  expect(collector.requests).toHaveLength(0);
});

it('throws at set-up for a TLS file that can not be read', () => {
  expect(() =>
    TelemetryHandle.fromConfig({ endpoint: 'https://localhost:1', tls: { caFile: '/nowhere/ca.pem' } }),
  ).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringContaining('ca-file') }),
  );
});
