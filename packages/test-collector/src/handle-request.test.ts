import type { IncomingHttpHeaders } from 'node:http';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { fromBinary } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { descriptorOf, encodeProtobuf } from './testing/encode-protobuf.ts';
import { counterBody } from './testing/metrics-body.ts';
import { send, sendHttp2 } from './testing/send-request.ts';
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

test('answers 413 over HTTP/2, too', async () => {
  await using collector = await TestCollector.start({ limits: { maxBodyBytes: 4000 } });
  const answer = await sendHttp2(collector.url, { body: 'x'.repeat(1_000_000) });
  expect(answer.status).toBe(413);
  expect(JSON.parse(answer.body.toString())).toMatchObject({ code: 8 });
});

test('answers 431 to headers that are too large', async () => {
  await using collector = await TestCollector.start({ limits: { maxHeaderBytes: 1000 } });
  const answer = await send(collector.url, { headers: { 'x-large': 'x'.repeat(2000) } });
  expect(answer.status).toBe(431);
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
