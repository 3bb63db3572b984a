import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';

import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import type { TransportRequest, Transport } from './transport.ts';
import { undiciTransport, type UndiciTransportOptions } from './undici-transport.ts';

const loaded = vi.hoisted(() => ({ undici: false }));
vi.mock('undici', async (importOriginal) => {
  loaded.undici = true;
  return importOriginal();
});

function transportFor(options: UndiciTransportOptions = {}): Transport {
  const transport = undiciTransport(options);
  onTestFinished(() => transport.close());
  return transport;
}

function requestTo(url: string, more: Partial<TransportRequest> = {}): TransportRequest {
  const body = Buffer.from('{}');
  const headers = { 'content-type': 'application/json', 'content-length': String(body.byteLength) };
  return { url: new URL(url), headers, body, signal: AbortSignal.timeout(5000), ...more };
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/v1/metrics` : '';
}

async function allClosed(collector: TestCollector): Promise<void> {
  await vi.waitFor(() => expect(collector.connections.open).toBe(0), { timeout: 5000, interval: 10 });
}

test('undici is loaded at the first send, not before', async () => {
  const transport = transportFor();
  expect(loaded.undici).toBe(false);
  await transport.send(requestTo(await serve((_request, response) => response.end())));
  expect(loaded.undici).toBe(true);
});

test('the path and the query of the URL are used verbatim', async () => {
  const paths: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    paths.push(request.url);
    response.end();
  });
  const transport = transportFor();
  await transport.send(requestTo(`${url}/deep?tenant=a%20b`));
  await transport.send(requestTo(new URL(url).origin));
  expect(paths).toEqual(['/v1/metrics/deep?tenant=a%20b', '/']);
});

describe('an answer', () => {
  const text = '{"partialSuccess":{}}';

  test.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['identity', Buffer.from(text)],
    [undefined, Buffer.from(text)],
  ])('with the content coding %s is read', async (coding, body) => {
    const url = await serve((_request, response) => {
      if (coding !== undefined) response.setHeader('content-encoding', coding);
      response.setHeader('x-many', ['a', 'b']).end(body);
    });
    const response = await transportFor().send(requestTo(url));
    expect(Buffer.from(response.body).toString()).toBe(text);
    expect(response).toMatchObject({ status: 200, headers: { 'x-many': 'a, b' }, bodyTooLarge: false });
  });

  test.each([
    ['plain', undefined, Buffer.alloc(4 * 1024 * 1024 + 1)],
    ['compressed', 'gzip', gzipSync(Buffer.alloc(4 * 1024 * 1024 + 1))],
  ])('of more than 4 MiB is not read to its end: %s', async (_title, coding, body) => {
    const url = await serve((_request, response) => {
      if (coding !== undefined) response.setHeader('content-encoding', coding);
      response.statusCode = 400;
      response.end(body);
    });
    const response = await transportFor().send(requestTo(url));
    expect(response).toMatchObject({ status: 400, bodyTooLarge: true });
    expect(response.body).toHaveLength(0);
  });

  test('that does not keep to its content coding is left as it came', async () => {
    const url = await serve((_request, response) => {
      response.setHeader('content-encoding', 'gzip').end('no gzip');
    });
    const response = await transportFor().send(requestTo(url));
    expect(Buffer.from(response.body).toString()).toBe('no gzip');
  });

  test('that comes before the request was read is an answer', async () => {
    const url = await serve((_request, response) => {
      response.statusCode = 413;
      response.setHeader('connection', 'close').end();
    });
    const body = Buffer.alloc(8 * 1024 * 1024);
    const headers = { 'content-length': String(body.byteLength) };
    const outcome = await transportFor()
      .send(requestTo(url, { body, headers }))
      .catch((error: unknown) => error);
    // The server closes while the body is still being written: either the answer came first, or the break did.
    expect(outcome).toSatisfy(
      (value: { status?: number; code?: string }) => value.status === 413 || value.code === 'CONNECTION_LOST',
    );
  });
});

describe('TLS', () => {
  test('a receiver whose authority is not trusted gets nothing', async () => {
    await using collector = await TestCollector.start({ tls: 'self-signed' });
    const sent = transportFor().send(requestTo(`${collector.url}/v1/metrics`));
    await expect(sent).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      bodyLeft: 'no',
      message: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT'),
    });
    expect(collector.requests).toEqual([]);
  });

  test('a receiver whose authority is given is trusted', async () => {
    await using collector = await TestCollector.start({ tls: 'self-signed' });
    const transport = transportFor({ tls: { ca: collector.certificate ?? '' } });
    expect(await transport.send(requestTo(`${collector.url}/v1/metrics`))).toMatchObject({ status: 200 });
  });
});

describe('a connection', () => {
  test('that the receiver closed while it was idle is not used again', async () => {
    await using collector = await TestCollector.start();
    const transport = transportFor();
    const request = (): TransportRequest => requestTo(`${collector.url}/v1/metrics`);
    await transport.send(request());
    collector.closeIdleConnections();
    await allClosed(collector);
    expect(await transport.send(request())).toMatchObject({ status: 200 });
    expect(collector.requests.map((received) => received.connection)).toEqual([1, 2]);
  });

  test('is given up when it has been idle for the time that was set', async () => {
    await using collector = await TestCollector.start();
    const transport = transportFor({ keepAliveTimeoutMs: 20 });
    await transport.send(requestTo(`${collector.url}/v1/metrics`));
    expect(collector.connections.open).toBe(1);
    await allClosed(collector);
  });

  test('to another origin replaces the one before', async () => {
    await using one = await TestCollector.start();
    await using other = await TestCollector.start();
    const transport = transportFor();
    for (const collector of [one, other, one]) {
      expect(await transport.send(requestTo(`${collector.url}/v1/metrics`))).toMatchObject({ status: 200 });
    }
  });

  test('is not made by a transport that is closed', async () => {
    await using collector = await TestCollector.start();
    const transport = undiciTransport();
    await transport.close();
    await expect(transport.send(requestTo(collector.url))).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      bodyLeft: 'no',
    });
  });

  test('that does not come about in time is given up, not left to itself', async () => {
    const closed = Promise.withResolvers<string>();
    const server = createTcpServer((socket) => {
      socket.resume().on('error', () => {});
      socket.on('close', () => closed.resolve('closed'));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const abort = new AbortController();
    server.once('connection', () => abort.abort());
    // It never answers the TLS handshake.
    const sent = transportFor().send(requestTo(`https://127.0.0.1:${port}/`, { signal: abort.signal }));
    await expect(sent).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', bodyLeft: 'no' });
    expect(await closed.promise).toBe('closed');
  });

  test('to a name that does not exist fails before anything left', async () => {
    const sent = transportFor().send(requestTo('http://collector.invalid/v1/metrics'));
    await expect(sent).rejects.toMatchObject({ code: 'CONNECTION_FAILED', bodyLeft: 'no' });
  });
});
