import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createSecureServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { createServer as createTlsServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

import { selfSignedCertificate, TestCollector, type ScriptStep } from '@pqcnet/telemetry-test-collector';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import type { Transport, TransportRequest } from './transport.ts';
import { undiciTransport, type UndiciTransportOptions } from './undici-transport.ts';

const pair = selfSignedCertificate();

function transportFor(options: UndiciTransportOptions = {}): Transport {
  const transport = undiciTransport({ httpVersion: '2', tls: { ca: pair.cert }, ...options });
  onTestFinished(() => transport.close());
  return transport;
}

function requestTo(url: string, more: Partial<TransportRequest> = {}): TransportRequest {
  const { body = Buffer.from('{}') } = more;
  const headers = { 'content-type': 'application/json', 'content-length': String(body.byteLength) };
  const signal = AbortSignal.timeout(20_000);
  return { url: new URL(`${url}/v1/metrics?a=b`), headers, body, signal, ...more };
}

async function startCollector(): Promise<TestCollector> {
  const collector = await TestCollector.start({ tls: pair });
  onTestFinished(() => collector.close());
  return collector;
}

async function listen(server: Server | ReturnType<typeof createSecureServer>): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Receiver {
  readonly url: string;
  /** How many requests it saw. */
  readonly count: () => number;
}

/** Serves HTTP/2 by hand: what happens to the first request; the others are answered. */
async function serve(
  first: (stream: ServerHttp2Stream, session: ServerHttp2Session) => void,
): Promise<Receiver> {
  let count = 0;
  const server = createSecureServer(pair);
  server.on('session', (session) => {
    session
      .on('error', () => {})
      .on('stream', (stream) => {
        count += 1;
        stream.on('error', () => {});
        if (count === 1) first(stream, session);
        else answer(stream);
      });
    onTestFinished(() => session.destroy());
  });
  return { url: await listen(server), count: () => count };
}

/** The client's socket of the next connection. */
function nextConnection(): Promise<Socket> {
  const { promise, resolve } = Promise.withResolvers<Socket>();
  const onConnected = (message: unknown): void => resolve((message as { readonly socket: Socket }).socket);
  subscribe('undici:client:connected', onConnected);
  onTestFinished(() => void unsubscribe('undici:client:connected', onConnected));
  return promise;
}

function answer(stream: ServerHttp2Stream): void {
  stream.resume().on('end', () => {
    stream.respond({ ':status': 200 });
    stream.end('{}');
  });
}

describe('HTTP/2', () => {
  test('is spoken when both sides want it, on one connection', async () => {
    const collector = await startCollector();
    const transport = transportFor();
    const body = Buffer.alloc(2 ** 20, ' ');
    expect(await transport.send(requestTo(collector.url))).toMatchObject({ status: 200 });
    expect(await transport.send(requestTo(collector.url, { body }))).toMatchObject({ status: 400 });
    const path = '/v1/metrics?a=b';
    expect(collector.requests).toMatchObject([
      { httpVersion: '2.0', connection: 1, path, rawBody: { byteLength: 2 } },
      { httpVersion: '2.0', connection: 1, path, rawBody: { byteLength: 2 ** 20 } },
    ]);
  });

  test.each([
    ['when nothing asks for it', {}],
    ['when 1.1 is asked for', { httpVersion: '1.1' } as const],
  ])('is not spoken %s', async (_title, options) => {
    const collector = await startCollector();
    const transport = undiciTransport({ tls: { ca: pair.cert }, ...options });
    onTestFinished(() => transport.close());
    await transport.send(requestTo(collector.url));
    expect(collector.requests).toMatchObject([{ httpVersion: '1.1' }]);
  });

  test('is offered before HTTP/1.1', async () => {
    const offered: string[][] = [];
    const ALPNCallback = ({ protocols }: { readonly protocols: string[] }): string => {
      offered.push(protocols);
      return 'http/1.1';
    };
    const server = createTlsServer({ ...pair, ALPNCallback }, (_request, response) => response.end());
    await transportFor().send(requestTo(await listen(server)));
    expect(offered).toEqual([['h2', 'http/1.1']]);
  });

  test('gives way to HTTP/1.1 with a receiver that does not speak it, and without TLS', async () => {
    const versions: string[] = [];
    const server = createTlsServer(pair, (request, response) => {
      versions.push(request.httpVersion);
      response.end();
    });
    await transportFor().send(requestTo(await listen(server)));
    expect(versions).toEqual(['1.1']);
    await using collector = await TestCollector.start();
    await transportFor().send(requestTo(collector.url));
    expect(collector.requests).toMatchObject([{ httpVersion: '1.1' }]);
  });

  test('of another kind is refused at set-up', () => {
    const options = { httpVersion: '3' } as unknown as UndiciTransportOptions;
    expect(() => undiciTransport(options)).toThrow(
      expect.objectContaining({
        code: 'INVALID_EXPORTER_OPTIONS',
        message: 'httpVersion is "3", expected 1.1 or 2',
      }),
    );
  });

  test('closes an idle connection after the time that was set', async () => {
    const collector = await startCollector();
    await transportFor({ keepAliveTimeoutMs: 20 }).send(requestTo(collector.url));
    await vi.waitFor(() => expect(collector.connections.open).toBe(0), { timeout: 10_000, interval: 5 });
  });

  test('begins a new connection when the receiver closed the idle one', async () => {
    const collector = await startCollector();
    const transport = transportFor();
    const connected = nextConnection();
    await transport.send(requestTo(collector.url));
    const socket = await connected;
    collector.closeIdleConnections();
    // A request on its way before the client sees that would be lost with the connection.
    if (!socket.closed) await new Promise((resolve) => void socket.once('close', resolve));
    expect(await transport.send(requestTo(collector.url))).toMatchObject({ status: 200 });
    expect(collector.requests.map((received) => received.connection)).toEqual([1, 2]);
  });

  test('skips informational answers, and reads no answer past 4 MiB', async () => {
    const receiver = await serve((stream) => {
      stream.additionalHeaders({ ':status': 103 });
      stream.additionalHeaders({ ':status': 100 });
      stream.respond({ ':status': 503, 'retry-after': '3' });
      stream.end(Buffer.alloc(2 ** 22 + 1));
    });
    expect(await transportFor().send(requestTo(receiver.url))).toMatchObject({
      status: 503,
      headers: { 'retry-after': '3' },
      bodyTooLarge: true,
    });
  });
});

describe('over HTTP/2 something may have left', () => {
  test.each<[string, ScriptStep]>([
    ['before the body was read', { do: 'reset', when: 'before-body' }],
    ['after the body', { do: 'reset', when: 'after-body', store: true }],
  ])('when the connection is reset %s, and the next request has a fresh one', async (_title, step) => {
    const collector = await startCollector();
    collector.script([step]);
    const transport = transportFor();
    await expect(transport.send(requestTo(collector.url))).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      bodyLeft: 'unknown',
    });
    expect(await transport.send(requestTo(collector.url))).toMatchObject({ status: 200 });
    expect(collector.requests.map(({ connection }) => connection)).toEqual([1, 2]);
  });

  test.each<[string, Parameters<typeof serve>[0], string]>([
    ['refuses the stream', (stream) => stream.close(7), 'STREAM_REFUSED'],
    ['resets the stream', (stream) => stream.close(2), 'ERR_HTTP2_STREAM_ERROR'],
    ['closes the stream without an answer', (stream) => stream.close(0), 'UND_ERR_INFO'],
    ['goes away with an error', (_stream, session) => session.goaway(11), 'ERR_HTTP2_SESSION_ERROR'],
    ['closes the connection', (_stream, session) => session.destroy(), 'UND_ERR_SOCKET'],
    [
      'resets the stream in the middle of the answer',
      (stream) => {
        stream.respond({ ':status': 200 });
        stream.write('{', () => stream.destroy(new Error('broken')));
      },
      'ERR_HTTP2_STREAM_ERROR',
    ],
    [
      'sends less than it says',
      (stream) => {
        stream.respond({ ':status': 200, 'content-length': '5' });
        stream.end('{');
      },
      'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
    ],
  ])('when the receiver %s, and nothing is sent twice', async (_title, first, reason) => {
    const receiver = await serve(first);
    const transport = transportFor();
    await expect(transport.send(requestTo(receiver.url))).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      bodyLeft: 'unknown',
      message: expect.stringContaining(reason),
    });
    expect(receiver.count()).toBe(1);
    expect(await transport.send(requestTo(receiver.url))).toMatchObject({ status: 200 });
    expect(receiver.count()).toBe(2);
  });

  test('when the deadline comes before the answer, and the connection is closed', async () => {
    const collector = await startCollector();
    collector.script([{ do: 'never-answer' }]);
    const abort = new AbortController();
    collector.onRequest(() => abort.abort());
    const sent = transportFor().send(requestTo(collector.url, { signal: abort.signal }));
    await expect(sent).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', bodyLeft: 'unknown' });
    await vi.waitFor(() => expect(collector.connections.open).toBe(0), { timeout: 10_000, interval: 5 });
  });
});
