import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';

import { selfSignedCertificate, TestCollector } from '@pqcnet/telemetry-test-collector';
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

async function listenAt(path: string, server: Server): Promise<void> {
  await once(server.listen(path), 'listening');
  onTestFinished(() => void server.close());
}

async function socketPath(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'unix-socket-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return join(directory, 'otlp.sock');
}

describe('a Unix socket', () => {
  test('is connected to in place of the host and any proxy; the URL says the rest', async () => {
    const seen: unknown[] = [];
    const path = await socketPath();
    const server = createServer((request, response) => {
      seen.push({ path: request.url, host: request.headers.host });
      response.end();
    });
    await listenAt(path, server);
    const transport = transportFor({ socketPath: path, proxy: { http: 'http://127.0.0.1:9' } });
    const url = 'http://collector.invalid:4318/v1/metrics?a=b';
    expect(await transport.send(requestTo(url))).toMatchObject({ status: 200 });
    expect(await transport.send(requestTo(url))).toMatchObject({ status: 200 });
    const expected = { path: '/v1/metrics?a=b', host: 'collector.invalid:4318' };
    expect(seen).toEqual([expected, expected]);
  });

  test('speaks TLS when the URL says so, and verifies the name in the URL', async () => {
    const pair = selfSignedCertificate({ hosts: ['collector.internal'] });
    const path = await socketPath();
    await listenAt(
      path,
      createTlsServer(pair, (_request, response) => response.end()),
    );
    const transport = transportFor({ socketPath: path, tls: { ca: pair.cert } });
    expect(await transport.send(requestTo('https://collector.internal/'))).toMatchObject({ status: 200 });
    await expect(transport.send(requestTo('https://another.internal/'))).rejects.toMatchObject({
      bodyLeft: 'no',
      message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
    });
  });

  test.each([
    ['nobody listens at', true, 'ECONNREFUSED'],
    ['is not there', false, 'ENOENT'],
  ])('that %s gets nothing', async (_title, isLeftBehind, reason) => {
    const path = await socketPath();
    // A process that was killed leaves its socket behind.
    if (isLeftBehind) {
      const program = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
      await once(spawn(process.execPath, ['-e', program, path]), 'exit');
    }
    const sent = transportFor({ socketPath: path }).send(requestTo('http://localhost/'));
    await expect(sent).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      bodyLeft: 'no',
      message: `can't connect to localhost: ${reason}`,
    });
  });

  test('without a path is refused at set-up', () => {
    expect(() => undiciTransport({ socketPath: '' })).toThrow('socketPath is empty');
  });
});

test('an idle connection does not keep the process alive', async () => {
  await using collector = await TestCollector.start({ tls: 'self-signed' });
  const program = `
    import { undiciTransport } from ${JSON.stringify(new URL('undici-transport.ts', import.meta.url).href)};
    const [url, ca, httpVersion] = process.argv.slice(1);
    const body = Buffer.from('{}');
    const headers = { 'content-type': 'application/json', 'content-length': '2' };
    const transport = undiciTransport({ tls: { ca }, httpVersion, keepAliveTimeoutMs: 2 ** 30 });
    await transport.send({ url: new URL(url), body, headers, signal: new AbortController().signal });
  `;
  for (const httpVersion of ['1.1', '2']) {
    const given = [`${collector.url}/v1/metrics`, collector.certificate ?? '', httpVersion];
    const node = ['--conditions=@pqcnet/source', '--input-type=module', '-e', program, ...given];
    const [code] = await once(spawn(process.execPath, node, { stdio: 'inherit' }), 'exit');
    expect(code).toBe(0);
  }
  expect(collector.requests.map((received) => received.httpVersion)).toEqual(['1.1', '2.0']);
}, 60_000);
