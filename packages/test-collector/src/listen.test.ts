import { Agent } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { counterBody } from './testing/metrics-body.ts';
import { send, sendHttp2 } from './testing/send-request.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';
import { TestCollector } from './test-collector.ts';

const body = counterBody('ingest.success', [{ value: 3n, attributes: { chain: 'base' } }]);
const json = JSON.stringify(body);

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
