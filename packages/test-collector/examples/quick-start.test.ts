import { expect, test } from 'vitest';
import { counterBody, metricBody } from '../src/testing/metrics-body.ts';
import { send } from '../src/testing/send-request.ts';
import { selfSignedCertificate, TestCollector } from '@pqcnet/telemetry-test-collector';

async function exportTo(url: string): Promise<void> {
  const histogram = {
    aggregationTemporality: 2,
    dataPoints: [{ count: 1, sum: 42, bucketCounts: [0, 1], explicitBounds: [10] }],
  };
  await send(url, {
    body: JSON.stringify(counterBody('ingest.success', [{ value: 3n, attributes: { chain: 'base' } }])),
  });
  await send(url, { body: JSON.stringify(metricBody({ name: 'pipeline', unit: 'ms', histogram })) });
}

test('reads', async () => {
  await using collector = await TestCollector.start(); // a free port on 127.0.0.1
  await exportTo(collector.url); // any OTLP/HTTP client
  expect(collector.sum('ingest.success', { chain: 'base' })).toBe(3n);
  expect(collector.latency('pipeline')?.count).toBe(1n);
  expect(collector.resource()).toEqual({ 'service.name': 'gateway' });
});

test('misbehaves', async () => {
  await using collector = await TestCollector.start();
  collector.script([
    { do: 'answer', status: 503, retryAfter: 1, times: 2 }, // a google.rpc.Status, or the body given
    { do: 'partial-success', rejected: 3, message: 'too old' },
    { do: 'accept', delayMs: 50 }, // any step can wait
    { do: 'accept', closeAfterMs: 0 }, // then close the kept-alive connection, unannounced
    { do: 'drip', bytes: 1, everyMs: 100 }, // the answer, a byte at a time
    { do: 'never-answer' }, // when: 'before-body' leaves the body unread, too
    { do: 'reset', when: 'before-body' },
    { do: 'reset', when: 'during-body' }, // when half of it is read: for bodies of 1 MiB and more
    { do: 'reset', when: 'after-body', store: true }, // took the data, lost the answer
    { do: 'endless-body' },
    { do: 'garbage' },
    { do: 'html' },
    { do: 'redirect', location: 'http://127.0.0.1:1/', status: 302 },
  ]);
  collector.script(({ path }) => (path === '/v1/logs' ? { do: 'answer', status: 404 } : undefined));
  expect(() => collector.assertScriptConsumed()).toThrow('14 step(s) of the script got no request');
});

test('speaks TLS', async () => {
  const client = selfSignedCertificate();
  await using collector = await TestCollector.start({
    tls: { ...selfSignedCertificate(), clientCa: client.cert }, // or tls: 'self-signed'
    auth: { authorization: 'Bearer secret' }, // or a function of the headers
    limits: { maxBodyBytes: 1_000_000, idleTimeoutMs: 5000 },
  });
  const tls = { ca: collector.certificate ?? '', ...client };
  const headers = { authorization: 'Bearer secret' };
  expect((await send(collector.url, { tls, headers })).status).toBe(200);
});
