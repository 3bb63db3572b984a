import { Agent, type IncomingHttpHeaders } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { once } from 'node:events';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { fromBinary } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { descriptorOf, encodeProtobuf } from '../test-support/encode-protobuf.ts';
import { counterBody } from '../test-support/metrics-body.ts';
import { send, sendHttp2 } from '../test-support/send-request.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';
import { TestCollector } from './test-collector.ts';

const body = counterBody('ingest.success', [{ value: 3n, attributes: { chain: 'base' } }]);
const json = JSON.stringify(body);
const protobuf = encodeProtobuf('ExportMetricsServiceRequest', body);

const protobufHeaders = { 'content-type': 'application/x-protobuf' };

test.each([
  ['JSON', json, {}, '{}'],
  ['protobuf', protobuf, protobufHeaders, ''],
  ['JSON in gzip', gzipSync(json), { 'content-encoding': 'gzip' }, '{}'],
  ['JSON in deflate', deflateSync(json), { 'content-encoding': 'deflate' }, '{}'],
  ['protobuf in zstd', zstdCompressSync(protobuf), { ...protobufHeaders, 'content-encoding': 'zstd' }, ''],
])('accepts %s and answers in its encoding', async (_, sent, headers, answered) => {
  await using collector = await TestCollector.start();
  const answer = await send(collector.url, { body: sent, headers });
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toBe(
    'content-type' in headers ? headers['content-type'] : 'application/json',
  );
  expect(answer.body.toString()).toBe(answered);
  expect(collector.sum('ingest.success', { chain: 'base' })).toBe(3n);
  const [request] = collector.requests;
  expect(request).toMatchObject({ index: 0, method: 'POST', path: '/v1/metrics', status: 200, stored: true });
  expect(Buffer.from(request?.rawBody ?? []).equals(Buffer.from(sent))).toBe(true);
  expect(
    Buffer.from(request?.body ?? []).equals(Buffer.from('content-type' in headers ? protobuf : json)),
  ).toBe(true);
});

test('decodes both encodings to the same', async () => {
  await using collector = await TestCollector.start();
  await send(collector.url, { body: json });
  await send(collector.url, { body: protobuf, headers: protobufHeaders });
  const [first, second] = collector.requests;
  expect(first?.decoded).toEqual(second?.decoded);
  expect(first?.decoded).toHaveProperty('message.resourceMetrics.length', 1);
});

const large = 'x'.repeat(5000);

test.each([
  [404, 'another path', { path: '/v1/metric' }, 5, /no such path: \/v1\/metric/],
  [405, 'another method', { method: 'PUT' }, 12, /the method is PUT/],
  [415, 'a charset', { headers: { 'content-type': 'application/json; charset=utf-8' } }, 3, /charset=utf-8/],
  [415, 'another type', { headers: { 'content-type': 'text/plain' } }, 3, /content type is text\/plain/],
  [415, 'an unknown coding', { headers: { 'content-encoding': 'br' } }, 3, /content encoding is br/],
  [400, 'malformed JSON', { body: '{"resourceMetrics":{}}' }, 3, /resourceMetrics: expected an array/],
  [400, 'text that is not UTF-8', { body: Buffer.of(0x22, 0xc3, 0x28, 0x22) }, 3, /malformed json body/],
  [400, 'broken gzip', { body: 'not gzip', headers: { 'content-encoding': 'gzip' } }, 3, /not valid gzip/],
  [
    400,
    'cut off gzip',
    { body: gzipSync(json).subarray(0, 40), headers: { 'content-encoding': 'gzip' } },
    3,
    /not valid gzip/,
  ],
  [
    400,
    'cut off zstd',
    { body: zstdCompressSync(json).subarray(0, 40), headers: { 'content-encoding': 'zstd' } },
    3,
    /not valid zstd/,
  ],
  [413, 'a large body', { body: large }, 8, /larger than 4000 bytes/],
  [
    413,
    'a body that inflates too far',
    { body: gzipSync('x'.repeat(100_000)), headers: { 'content-encoding': 'gzip' } },
    8,
    /after decompression/,
  ],
  [
    413,
    'a zstd bomb',
    { body: zstdCompressSync('x'.repeat(100_000)), headers: { 'content-encoding': 'zstd' } },
    8,
    /after decompression/,
  ],
] as const)('answers %i to %s, and keeps it with the reason', async (status, _, request, code, reason) => {
  await using collector = await TestCollector.start({
    limits: { maxBodyBytes: 4000, maxInflatedBytes: 8000 },
  });
  const answer = await send(collector.url, request);
  expect(answer.status).toBe(status);
  const rpcStatus: unknown = JSON.parse(answer.body.toString());
  expect(rpcStatus).toEqual({ code, message: expect.stringMatching(reason) });
  expect(collector.requests).toHaveLength(1);
  expect(collector.requests[0]).toMatchObject({
    status,
    stored: false,
    rejection: { status, reason: expect.stringMatching(reason) },
  });
  expect(collector.metrics()).toEqual([]);
});

test('answers a malformed protobuf body with a Status in protobuf', async () => {
  await using collector = await TestCollector.start();
  const answer = await send(collector.url, { body: Buffer.of(0x0a, 0x7f), headers: protobufHeaders });
  expect(answer.status).toBe(400);
  expect(answer.headers['content-type']).toBe('application/x-protobuf');
  const status = fromBinary(descriptorOf('Status'), answer.body);
  expect(status).toMatchObject({ code: 3, message: expect.stringContaining('malformed protobuf body') });
});

test('stops reading a body without a length once it is too large', async () => {
  await using collector = await TestCollector.start({ limits: { maxBodyBytes: 4000 } });
  const answer = await send(collector.url, {
    body: 'x'.repeat(1_000_000),
    headers: { 'transfer-encoding': 'chunked' },
  }).catch(() => undefined);
  expect([413, undefined]).toContain(answer?.status);
  await collector.waitFor(() => collector.requests.length === 1);
  expect(collector.requests[0]?.rejection?.status).toBe(413);
});

test('speaks HTTP/2 without TLS on the same port', async () => {
  await using collector = await TestCollector.start();
  const answer = await sendHttp2(collector.url, { body: json });
  expect(answer.status).toBe(200);
  expect(answer.body.toString()).toBe('{}');
  await send(collector.url, { body: json });
  expect(collector.requests.map(({ httpVersion }) => httpVersion)).toEqual(['2.0', '1.1']);
  expect(collector.sum('ingest.success')).toBe(3n);
});

test('speaks HTTP/1.1 and HTTP/2 with TLS, under a certificate that it makes', async () => {
  await using collector = await TestCollector.start({ tls: 'self-signed' });
  const ca = collector.certificate;
  expect(collector.url).toMatch(/^https:/);
  const trusting = ca === undefined ? {} : { ca };
  expect((await send(collector.url, { body: json, tls: trusting })).status).toBe(200);
  expect((await sendHttp2(collector.url, { body: json, tls: trusting })).status).toBe(200);
  expect(collector.requests.map(({ httpVersion }) => httpVersion)).toEqual(['1.1', '2.0']);
  await expect(send(collector.url, { body: json })).rejects.toThrow('self-signed certificate');
});

test('accepts only clients whose certificate it was told to trust', async () => {
  const server = selfSignedCertificate();
  const client = selfSignedCertificate();
  await using collector = await TestCollector.start({ tls: { ...server, clientCa: client.cert } });
  const tls = { ca: server.cert };
  expect((await send(collector.url, { body: json, tls: { ...tls, ...client } })).status).toBe(200);
  await expect(send(collector.url, { body: json, tls })).rejects.toThrow(/certificate|socket|ECONNRESET/);
  await expect(
    send(collector.url, { body: json, tls: { ...tls, ...selfSignedCertificate() } }),
  ).rejects.toThrow(/certificate|socket|ECONNRESET|alert/);
});

test.each([
  ['headers', { authorization: 'Bearer secret' }],
  ['a function', (headers: IncomingHttpHeaders): boolean => headers.authorization === 'Bearer secret'],
])('asks for credentials by %s', async (_, auth) => {
  await using collector = await TestCollector.start({ auth });
  const refused = await send(collector.url, { body: json });
  expect(refused.status).toBe(401);
  expect(refused.headers['www-authenticate']).toBe('Bearer');
  expect(
    (await send(collector.url, { body: json, headers: { authorization: 'Bearer secret' } })).status,
  ).toBe(200);
});

test('serves other paths when told to', async () => {
  await using collector = await TestCollector.start({ paths: { metrics: '/api/v1/otlp/v1/metrics' } });
  expect((await send(collector.url, { body: json, path: '/api/v1/otlp/v1/metrics?a=b' })).status).toBe(200);
  expect((await send(collector.url, { body: json })).status).toBe(404);
});

test('reads traces and logs', async () => {
  await using collector = await TestCollector.start();
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'gateway' } }] };
  const traceId = '5b8efff798038103d269b633813fc60c';
  const spans = {
    resourceSpans: [
      { resource, scopeSpans: [{ spans: [{ traceId, name: 'GET', startTimeUnixNano: '5' }] }] },
    ],
  };
  await send(collector.url, { path: '/v1/traces', body: JSON.stringify(spans) });
  const logs = {
    resourceLogs: [{ resource, scopeLogs: [{ logRecords: [{ traceId, body: { stringValue: 'hello' } }] }] }],
  };
  await send(collector.url, {
    path: '/v1/logs',
    body: encodeProtobuf('ExportLogsServiceRequest', logs),
    headers: protobufHeaders,
  });
  expect(collector.spans()).toMatchObject([{ traceId, name: 'GET', startTimeUnixNano: 5n }]);
  expect(collector.logRecords()).toMatchObject([{ traceId, body: { stringValue: 'hello' } }]);
  expect(collector.resource()).toEqual({ 'service.name': 'gateway' });
  expect(collector.metrics()).toEqual([]);
});

test('keeps attributes that are called like parts of an object', async () => {
  await using collector = await TestCollector.start();
  const sent = counterBody('c', [
    { value: 1n, attributes: JSON.parse('{"__proto__":"a","constructor":"b"}') },
  ]);
  await send(collector.url, { body: JSON.stringify(sent) });
  const [point] = collector.metrics();
  expect(Object.keys(point?.attributes ?? {}).toSorted()).toEqual(['__proto__', 'constructor']);
  expect(collector.sum('c', JSON.parse('{"__proto__":"a"}'))).toBe(1n);
  expect(collector.sum('c', JSON.parse('{"__proto__":"b"}'))).toBe(0n);
});

test('tells the connections of requests apart', async () => {
  await using collector = await TestCollector.start();
  const agent = new Agent({ keepAlive: true });
  await send(collector.url, { agent });
  await send(collector.url, { agent });
  await send(collector.url);
  agent.destroy();
  expect(collector.requests.map(({ connection }) => connection)).toEqual([1, 1, 2]);
  expect(collector.connections.opened).toBe(2);
});

test('waits for what has not arrived yet', async () => {
  await using collector = await TestCollector.start();
  const arrived = collector.waitFor(() => collector.sum('ingest.success') === 3n && 'there');
  await send(collector.url, { body: json });
  expect(await arrived).toBe('there');
});

test('tells what arrived when a wait ends in vain', async () => {
  await using collector = await TestCollector.start();
  await send(collector.url, { body: json });
  await expect(collector.waitFor(() => collector.sum('other') > 0n, { timeoutMs: 20 })).rejects.toMatchObject(
    {
      code: 'WAIT_TIMED_OUT',
      message: expect.stringContaining('ingest.success{chain="base"} sum 3 cumulative'),
    },
  );
  await expect(
    collector.waitFor(() => false, { signal: AbortSignal.abort(new Error('enough')) }),
  ).rejects.toThrow('enough');
});

test('forgets requests and script on reset', async () => {
  await using collector = await TestCollector.start();
  collector.script([{ do: 'accept', times: 2 }]);
  await send(collector.url, { body: json });
  collector.reset();
  expect(collector.requests).toEqual([]);
  expect(collector.sum('ingest.success')).toBe(0n);
  collector.assertScriptConsumed();
  await send(collector.url, { body: json });
  expect(collector.requests[0]?.index).toBe(0);
});

test('keeps no more requests than it was told to', async () => {
  await using collector = await TestCollector.start({ limits: { maxRequests: 2 } });
  await send(collector.url);
  await send(collector.url);
  await send(collector.url);
  expect(collector.requests.map(({ index }) => index)).toEqual([1, 2]);
});

test('goes down and comes back on the same port', async () => {
  await using collector = await TestCollector.start();
  await collector.pause();
  await expect(send(collector.url)).rejects.toThrow('ECONNREFUSED');
  await collector.resume();
  expect((await send(collector.url)).status).toBe(200);
});

test('closes with connections open and requests under way', async () => {
  const collector = await TestCollector.start();
  collector.script([{ do: 'never-answer' }]);
  const idle = connectTcp(collector.port, '127.0.0.1');
  await once(idle, 'connect');
  const waiting = send(collector.url);
  waiting.catch(() => {});
  await collector.waitFor(() => collector.requests.length === 1);
  await collector.close();
  await expect(waiting).rejects.toThrow(/socket hang up|ECONNRESET/);
  await once(idle, 'close');
  expect(collector.connections.open).toBe(0);
  await collector.close();
});

test('runs many at once', async () => {
  const collectors = await Promise.all(Array.from({ length: 20 }, () => TestCollector.start()));
  await Promise.all(collectors.map(({ url }) => send(url, { body: json })));
  expect(new Set(collectors.map(({ port }) => port)).size).toBe(20);
  expect(collectors.map((collector) => collector.sum('ingest.success'))).toEqual(
    Array.from({ length: 20 }, () => 3n),
  );
  await Promise.all(collectors.map((collector) => collector.close()));
});

test.each([
  [
    'a port in use',
    async (port: number) => TestCollector.start({ port }),
    'ADDRESS_UNAVAILABLE',
    'already in use',
  ],
  [
    'a port that is none',
    async () => TestCollector.start({ port: 70_000 }),
    'INVALID_OPTION',
    'port: expected 0 to 65535, found 70000',
  ],
  [
    'an unknown limit',
    async () => TestCollector.start({ limits: { maxBodyByte: 1 } as object }),
    'INVALID_OPTION',
    'limits.maxBodyByte: no such limit',
  ],
  [
    'a limit below 0',
    async () => TestCollector.start({ limits: { bodyTimeoutMs: -1 } }),
    'INVALID_OPTION',
    'limits.bodyTimeoutMs: expected a number above 0',
  ],
])('does not start with %s', async (_, start, code, message) => {
  await using collector = await TestCollector.start();
  await expect(start(collector.port)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});
