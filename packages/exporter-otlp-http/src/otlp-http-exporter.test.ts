import { createServer } from 'node:net';

import type { ExportOptions, ExportOutcome } from '@pqcnet/telemetry-core';
import { TestCollector, type ScriptStep } from '@pqcnet/telemetry-test-collector';
import { describe, expect, onTestFinished, test } from 'vitest';

import { encodeOtlpJson } from './encode/encode-otlp-json.ts';
import type { OtlpHttpExporterOptions } from './exporter-options.ts';
import { OtlpHttpError } from './otlp-http-error.ts';
import { OtlpHttpExporter } from './otlp-http-exporter.ts';
import {
  END,
  gaugePoint,
  histogramPoint,
  metricOf,
  seriesOf,
  snapshotOf,
  START,
  sumPoint,
} from './testing/snapshot-of.ts';
import type { TransportRequest } from './transport/transport.ts';

const ingest = metricOf('counter', {
  name: 'ingest.success',
  unit: '{message}',
  description: 'messages taken',
});
const base = seriesOf(ingest, { chain: 'base', shard: 3 });
const pipeline = seriesOf(metricOf('latency', { name: 'pipeline', unit: 'ms' }));
const depth = seriesOf(metricOf('gauge', { name: 'queue.depth' }));
const distribution = { count: 3, sum: 60.5, min: 0.5, max: 50, bucketCounts: [1, 1, 1] };

const snapshot = snapshotOf({
  points: [sumPoint(base, 7), histogramPoint(pipeline, [1, 10], distribution), gaugePoint(depth, 17.5)],
  labels: { cluster: 'validator-net', chain: 'label' },
});

async function startCollector(): Promise<TestCollector> {
  const collector = await TestCollector.start();
  onTestFinished(() => collector.close());
  return collector;
}

function exporterFor(
  collector: { readonly url: string },
  options: Partial<OtlpHttpExporterOptions> = {},
): OtlpHttpExporter {
  const exporter = new OtlpHttpExporter({ url: `${collector.url}/v1/metrics`, ...options });
  onTestFinished(() => exporter.shutdown());
  return exporter;
}

/** Options with a deadline that comes when `abort` says so: a busy machine can't bring it nearer. */
function until(abort: AbortController = new AbortController()): ExportOptions {
  return { timeoutMs: 60_000, signal: abort.signal };
}

async function outcomeOf(exporter: OtlpHttpExporter, abort?: AbortController): Promise<ExportOutcome> {
  const report = await exporter.export(snapshot, until(abort));
  if ('parts' in report) throw new Error('expected one outcome');
  return report;
}

describe('what reaches the collector', () => {
  test('sums, histograms and gauges arrive with their values, times and attributes', async () => {
    const collector = await startCollector();
    expect(await outcomeOf(exporterFor(collector))).toMatchObject({ status: 'accepted' });

    const [sum] = collector.metrics({ name: 'ingest.success' });
    expect(sum).toMatchObject({
      kind: 'sum',
      temporality: 'cumulative',
      monotonic: true,
      value: 7n,
      unit: '{message}',
      description: 'messages taken',
      startTimeUnixNano: START,
      timeUnixNano: END,
      scope: { name: '@pqcnet/telemetry' },
    });
    expect(sum?.attributes).toEqual({ chain: 'base', shard: 3n, cluster: 'validator-net' });
    expect(sum?.resource).toEqual({ 'service.name': 'gateway', cluster: 'validator-net', chain: 'label' });
    expect(collector.metrics({ name: 'pipeline' })).toMatchObject([
      {
        kind: 'histogram',
        count: 3n,
        sum: 60.5,
        min: 0.5,
        max: 50,
        bounds: [1, 10],
        bucketCounts: [1n, 1n, 1n],
        attributes: { cluster: 'validator-net', chain: 'label' },
      },
    ]);
    expect(collector.metrics({ name: 'queue.depth' })).toMatchObject([
      { kind: 'gauge', value: 17.5, timeUnixNano: snapshot.timeUnixNano },
    ]);
  });

  test('the request has the exact content type, its length, who sends it and the headers that were asked for', async () => {
    const collector = await startCollector();
    await outcomeOf(exporterFor(collector, { headers: { 'X-Tenant': 'pqc' }, userAgent: 'gateway/1.2' }));

    const [request] = collector.requests;
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(request?.rawBody.byteLength),
      'x-tenant': 'pqc',
    });
    expect(request?.headers['user-agent']).toMatch(
      /^gateway\/1\.2 pqcnet-telemetry-exporter-otlp-http\/\d+\.\d+\.\d+/,
    );
    expect(request?.headers['transfer-encoding']).toBeUndefined();
  });

  test('encodeOtlpJson gives exactly the bytes that were sent', async () => {
    const collector = await startCollector();
    const exporter = exporterFor(collector, { labelPlacement: 'resource' });
    await outcomeOf(exporter);
    await outcomeOf(exporter);

    const expected = Buffer.from(encodeOtlpJson(snapshot, { labelPlacement: 'resource' })).toString();
    const received = collector.requests.map((request) => Buffer.from(request.rawBody).toString());
    expect(received).toEqual([expected, expected]);
  });

  test.each([
    ['both', true, true],
    ['resource', true, false],
    ['datapoint', false, true],
  ] as const)('label placement %s', async (labelPlacement, onResource, onPoints) => {
    const collector = await startCollector();
    await outcomeOf(exporterFor(collector, { labelPlacement }));

    const [point] = collector.metrics({ name: 'pipeline' });
    expect(point === undefined ? [] : ['cluster' in point.resource, 'cluster' in point.attributes]).toEqual([
      onResource,
      onPoints,
    ]);
  });

  test.each(['gzip', 'zstd'] as const)('a body compressed with %s arrives the same', async (compression) => {
    const collector = await startCollector();
    await outcomeOf(exporterFor(collector, { compression }));

    const [request] = collector.requests;
    expect(request?.headers['content-encoding']).toBe(compression);
    expect(Buffer.from(request?.body ?? []).equals(encodeOtlpJson(snapshot))).toBe(true);
  });

  test('one kept-alive connection serves several exports', async () => {
    const collector = await startCollector();
    const exporter = exporterFor(collector);
    await outcomeOf(exporter);
    await outcomeOf(exporter);
    expect(collector.requests.map((request) => request.connection)).toEqual([1, 1]);
  });

  test('a snapshot without points is not sent', async () => {
    const collector = await startCollector();
    const report = await exporterFor(collector).export(snapshotOf({ points: [] }), until());
    expect(report).toEqual({ status: 'accepted' });
    expect(collector.requests).toEqual([]);
  });
});

describe('what becomes of it', () => {
  const cases: readonly (readonly [ScriptStep, object])[] = [
    [{ do: 'answer', status: 204, body: '' }, { status: 'accepted' }],
    [{ do: 'answer', status: 200, body: '' }, { status: 'accepted' }],
    [{ do: 'garbage' }, { status: 'accepted', warning: expect.stringMatching(/decoded/) }],
    [
      { do: 'partial-success', rejected: 2, message: 'too old' },
      { status: 'partial', rejectedDataPoints: 2, message: 'too old' },
    ],
    [
      { do: 'partial-success', rejected: 99, message: '' },
      { status: 'partial', rejectedDataPoints: 3, message: '' },
    ],
    [
      { do: 'partial-success', rejected: 0, message: 'slow down' },
      { status: 'accepted', warning: 'slow down' },
    ],
    [{ do: 'html' }, { status: 'rejected', error: { code: 'RESPONSE_NOT_OTLP', status: 200 } }],
    [{ do: 'endless-body' }, { status: 'rejected', error: { code: 'RESPONSE_TOO_LARGE', status: 200 } }],
    ...[401, 403, 404, 405, 407].map(
      (status) =>
        [
          { do: 'answer', status },
          { status: 'refused', error: { code: 'HTTP_STATUS', status } },
        ] as const,
    ),
    ...[429, 502, 503, 504].map(
      (status) =>
        [
          { do: 'answer', status },
          { status: 'ambiguous', error: { code: 'HTTP_STATUS', status } },
        ] as const,
    ),
    ...[400, 408, 422, 500, 501].map(
      (status) =>
        [
          { do: 'answer', status },
          { status: 'rejected', error: { code: 'HTTP_STATUS', status } },
        ] as const,
    ),
    ...([301, 302, 303, 307, 308] as const).map(
      (status) =>
        [
          { do: 'redirect', status, location: 'http://127.0.0.1:1/' },
          { status: 'rejected', error: { code: 'HTTP_STATUS', status } },
        ] as const,
    ),
    [
      { do: 'reset', when: 'before-body' },
      { status: 'ambiguous', error: { code: 'CONNECTION_LOST', bodyLeft: 'unknown' } },
    ],
    [
      { do: 'reset', when: 'after-body' },
      { status: 'ambiguous', error: { code: 'CONNECTION_LOST' } },
    ],
  ];

  test.each(cases)('%j', async (step, expected) => {
    const collector = await startCollector();
    collector.script([step]);
    const outcome = await outcomeOf(exporterFor(collector));
    expect(outcome).toMatchObject(expected);
    expect('error' in outcome ? outcome.error : new OtlpHttpError('HTTP_STATUS', '')).toBeInstanceOf(
      OtlpHttpError,
    );
    expect(collector.requests).toHaveLength(1);
    collector.assertScriptConsumed();
  });

  test.each(['none', 'gzip'] as const)(
    'what was sent is told, with compression %s: bytes, data points, the status of the answer',
    async (compression) => {
      const collector = await startCollector();
      collector.script([
        { do: 'accept' },
        { do: 'answer', status: 400 },
        { do: 'partial-success', rejected: 1, message: '' },
        { do: 'reset', when: 'after-body' },
      ]);
      const exporter = exporterFor(collector, { compression });
      const outcomes = [];
      for (let n = 0; n < 4; n += 1) outcomes.push(await outcomeOf(exporter));
      const sentBytes = collector.requests[0]?.rawBody.byteLength;
      expect(outcomes).toMatchObject([
        { status: 'accepted', httpStatus: 200, sentBytes, sentDataPoints: 3 },
        { status: 'rejected', httpStatus: 400, sentBytes, sentDataPoints: 3 },
        { status: 'partial', httpStatus: 200, sentBytes, sentDataPoints: 3 },
        { status: 'ambiguous', sentBytes, sentDataPoints: 3 },
      ]);
      expect(outcomes[3]).not.toHaveProperty('httpStatus');
      collector.assertScriptConsumed();
    },
  );

  test('a message in a status body reaches the error', async () => {
    const collector = await startCollector();
    collector.script([{ do: 'answer', status: 400, message: 'no such tenant' }]);
    expect(await outcomeOf(exporterFor(collector))).toMatchObject({
      error: { message: 'HTTP 400: no such tenant' },
    });
  });

  test('Retry-After says when the next request may be made', async () => {
    const collector = await startCollector();
    collector.script([{ do: 'answer', status: 503, retryAfter: 7 }]);
    const outcome = await outcomeOf(exporterFor(collector, { nowUnixMs: () => 1000 }));
    expect(outcome).toMatchObject({ status: 'ambiguous', notBeforeUnixMs: 8000 });
  });

  test.each([
    ['never answers', { do: 'never-answer' }],
    ['drips', { do: 'drip', everyMs: 5000 }],
  ] as const)('a collector that %s is left at the deadline', async (_title, step) => {
    const collector = await startCollector();
    collector.script([step]);
    const abort = new AbortController();
    collector.onRequest(() => abort.abort());
    const outcome = await outcomeOf(exporterFor(collector), abort);
    expect(outcome).toMatchObject({
      status: 'ambiguous',
      error: { code: 'DEADLINE_EXCEEDED', bodyLeft: 'unknown' },
    });
  });

  test('a refused connection delivers nothing, and says so', async () => {
    const collector = await TestCollector.start();
    await collector.close();
    const outcome = await outcomeOf(exporterFor(collector, { headers: { authorization: 'Bearer s3cret' } }));
    expect(outcome).toMatchObject({
      status: 'not-delivered',
      error: { code: 'CONNECTION_FAILED', bodyLeft: 'no', cause: { code: 'ECONNREFUSED' } },
    });
    expect(outcome).toHaveProperty(
      'error.message',
      `can't connect to 127.0.0.1:${collector.port}: ECONNREFUSED`,
    );
  });

  test('a TLS handshake that comes to nothing delivers nothing', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const outcome = await outcomeOf(exporterFor({ url: `https://127.0.0.1:${port}` }));
    expect(outcome).toMatchObject({ status: 'not-delivered', error: { code: 'CONNECTION_FAILED' } });
  });

  test('a connection that does not come about in time delivers nothing', async () => {
    // It takes the connection but never a TLS handshake.
    const abort = new AbortController();
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => abort.abort());
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const outcome = await outcomeOf(exporterFor({ url: `https://127.0.0.1:${port}` }), abort);
    expect(outcome).toMatchObject({
      status: 'not-delivered',
      error: { code: 'DEADLINE_EXCEEDED', bodyLeft: 'no' },
    });
  });

  test('an exporter works again after a deadline', async () => {
    const collector = await startCollector();
    const exporter = exporterFor(collector);
    collector.script([{ do: 'never-answer' }]);
    const abort = new AbortController();
    const stop = collector.onRequest(() => abort.abort());
    expect(await outcomeOf(exporter, abort)).toMatchObject({ status: 'ambiguous' });
    stop();
    expect(await outcomeOf(exporter)).toMatchObject({ status: 'accepted' });
  });

  test('a signal that has aborted sends nothing', async () => {
    const collector = await startCollector();
    const report = await exporterFor(collector).export(snapshot, {
      timeoutMs: 0,
      signal: AbortSignal.abort(),
    });
    expect(report).toMatchObject({ status: 'not-delivered', error: { code: 'DEADLINE_EXCEEDED' } });
    expect(collector.requests).toEqual([]);
  });
});

describe('several requests', () => {
  const many = snapshotOf({
    points: Array.from({ length: 20 }, (_, index) => sumPoint(seriesOf(ingest, { index }), index)),
  });
  const whole = encodeOtlpJson(many).byteLength;

  async function partsOf(exporter: OtlpHttpExporter): Promise<readonly unknown[]> {
    const report = await exporter.export(many, until());
    return 'parts' in report ? report.parts : [report];
  }

  test('go one after another on one connection, and are settled each for itself', async () => {
    const collector = await startCollector();
    collector.script([
      { do: 'accept' },
      { do: 'answer', status: 400 },
      { do: 'partial-success', rejected: 1, message: 'old' },
    ]);
    const parts = await partsOf(exporterFor(collector, { maxRequestBytes: Math.ceil(whole / 2) }));
    expect(parts).toMatchObject([
      { from: 0, to: 8, outcome: { status: 'accepted' } },
      { from: 8, to: 16, outcome: { status: 'rejected', error: { status: 400 } } },
      { from: 16, to: 20, outcome: { status: 'partial', rejectedDataPoints: 1 } },
    ]);
    expect(collector.requests.map((request) => request.connection)).toEqual([1, 1, 1]);
    collector.assertScriptConsumed();
  });

  test.each([
    [
      { do: 'answer', status: 503, retryAfter: 9 },
      { status: 'ambiguous', notBeforeUnixMs: 9000 },
      'not-delivered',
    ],
    // Refused as well: another try in the same flush would fare no better.
    [{ do: 'answer', status: 401 }, { status: 'refused' }, 'refused'],
    [{ do: 'reset', when: 'after-body' }, { status: 'ambiguous' }, 'not-delivered'],
  ] as const)('stop at %j, and what was not sent is known to be so', async (step, outcome, rest) => {
    const collector = await startCollector();
    collector.script([{ do: 'accept' }, step]);
    const options = { maxRequestBytes: Math.ceil(whole / 2), nowUnixMs: () => 0 };
    const parts = await partsOf(exporterFor(collector, options));
    expect(parts).toMatchObject([
      { from: 0, to: 8, outcome: { status: 'accepted' } },
      { from: 8, to: 16, outcome },
      { from: 16, to: 20, outcome: { ...outcome, status: rest } },
    ]);
    expect(parts.at(-1)).not.toHaveProperty('outcome.sentBytes');
    expect(collector.requests).toHaveLength(2);
  });

  test('are halves of one that was too large for the receiver', async () => {
    const collector = await startCollector();
    collector.script((request) => {
      const length = Number(request.headers['content-length']);
      return length > whole / 3 ? { do: 'answer', status: 413 } : undefined;
    });
    expect(await partsOf(exporterFor(collector))).toMatchObject(
      [0, 5, 10, 15].map((from) => ({ from, to: from + 5, outcome: { status: 'accepted' } })),
    );
    expect(collector.metrics().map((point) => ('value' in point ? point.value : undefined))).toEqual(
      Array.from({ length: 20 }, (_, index) => BigInt(index)),
    );
  });

  test('are as small as one point, which is rejected when it is too large still', async () => {
    const collector = await startCollector();
    collector.script((request) =>
      Number(request.headers['content-length']) > 0 ? { do: 'answer', status: 413 } : undefined,
    );
    expect(await partsOf(exporterFor(collector))).toMatchObject(
      Array.from({ length: 20 }, (_, index) => ({
        from: index,
        to: index + 1,
        outcome: { status: 'rejected', error: { code: 'HTTP_STATUS', status: 413 } },
      })),
    );
  });
});

describe('transports', () => {
  const url = 'http://collector.test/v1/metrics';

  test('a transport of one’s own gets the request, and its body stays as it was', async () => {
    const requests: TransportRequest[] = [];
    const exporter = new OtlpHttpExporter({
      url,
      transport: {
        async send(request) {
          requests.push(request);
          return { status: 200, headers: {}, body: new Uint8Array(0), bodyTooLarge: false };
        },
        async close() {},
      },
    });
    await outcomeOf(exporter);
    await exporter.export(snapshotOf({ points: [sumPoint(base, 8)] }), until());
    expect(requests.map((request) => Buffer.from(request.body).toString())).toEqual([
      Buffer.from(encodeOtlpJson(snapshot)).toString(),
      expect.stringContaining('"asInt":"8"'),
    ]);
    expect(requests[0]).toMatchObject({ url: new URL(url), headers: { 'content-type': 'application/json' } });
  });

  test('a transport that fails in its own way is ambiguous, and its words are not passed on', async () => {
    const exporter = new OtlpHttpExporter({
      url,
      transport: { send: () => Promise.reject(new Error('Bearer s3cret')), close: async () => {} },
    });
    expect(await outcomeOf(exporter)).toMatchObject({
      status: 'ambiguous',
      error: { code: 'TRANSPORT_FAILED', message: 'the transport failed while it sent to collector.test' },
    });
  });

  test('a transport that goes on is left behind when the signal aborts while the body is compressed', async () => {
    const abort = new AbortController();
    const exporter = new OtlpHttpExporter({
      url,
      compression: 'gzip',
      transport: { send: () => new Promise(() => {}), close: async () => {} },
    });
    const exported = exporter.export(snapshot, { timeoutMs: 5000, signal: abort.signal });
    setImmediate(() => abort.abort());
    expect(await exported).toMatchObject({ error: { code: 'DEADLINE_EXCEEDED' } });
  });

  test('a transport that goes on after the signal is left behind', async () => {
    const abort = new AbortController();
    const exporter = new OtlpHttpExporter({
      url,
      transport: {
        send() {
          abort.abort();
          return new Promise(() => {});
        },
        close: async () => {},
      },
    });
    expect(await outcomeOf(exporter, abort)).toMatchObject({
      status: 'ambiguous',
      error: { code: 'DEADLINE_EXCEEDED' },
    });
  });
});
