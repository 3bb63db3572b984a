import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';

import {
  selfSignedCertificate,
  TestCollector,
  type ScriptStep,
  type TestCollectorOptions,
} from '@pqcnet/telemetry-test-collector';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';

import { fetchTransport } from './fetch-transport.ts';
import { TransportError, type Transport, type TransportRequest } from './transport.ts';
import { undiciTransport } from './undici-transport.ts';

const secret = 's3cret';

interface Subject {
  readonly title: string;
  readonly make: () => Transport;
  /** What it says when a connection did not come about, but for a reason that fetch does not tell. */
  readonly beforeConnected: 'no' | 'unknown';
}

const subjects: readonly Subject[] = [
  { title: 'undiciTransport', make: undiciTransport, beforeConnected: 'no' },
  { title: 'fetchTransport', make: fetchTransport, beforeConnected: 'unknown' },
];

function requestTo(url: string, more: Partial<TransportRequest> = {}): TransportRequest {
  const { body = Buffer.from('{}') } = more;
  return {
    url: new URL(`${url}?token=${secret}`),
    headers: {
      'content-type': 'application/json',
      'content-length': String(body.byteLength),
      'user-agent': 'test/1',
      authorization: `Bearer ${secret}`,
    },
    body,
    signal: AbortSignal.timeout(20_000),
    ...more,
  };
}

async function listen(server: Server, sockets: Set<Socket>): Promise<string> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.on('close', () => sockets.delete(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/v1/metrics` : '';
}

/** Serves HTTP by hand: what comes back for each request that has come in whole. */
async function serveBytes(answer: (socket: Socket, count: number) => void): Promise<string> {
  let count = 0;
  const server = createTcpServer((socket) => {
    let received = '';
    socket.on('data', (data) => {
      received += data.toString('latin1');
      if (!received.endsWith('\r\n\r\n{}')) return;
      received = '';
      count += 1;
      answer(socket, count);
    });
  });
  return listen(server, new Set());
}

async function serve(listener: RequestListener): Promise<string> {
  return listen(createHttpServer(listener), new Set());
}

async function startCollector(options?: TestCollectorOptions): Promise<TestCollector> {
  const collector = await TestCollector.start(options);
  onTestFinished(() => collector.close());
  return collector;
}

/** Trusts an authority as if the system did, until the end of the test. */
function trust(certificate: string): void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, certificate]);
  onTestFinished(() => setDefaultCACertificates(before));
}

async function failureOf(sent: Promise<unknown>): Promise<TransportError> {
  const outcome = await sent.then(
    (response) => response,
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(TransportError);
  expect(inspect(outcome, { depth: 9, showHidden: true })).not.toContain(secret);
  return outcome as TransportError;
}

describe.each(subjects)('$title', ({ make, beforeConnected }) => {
  let transport = make();

  function send(url: string, more: Partial<TransportRequest> = {}): ReturnType<Transport['send']> {
    return transport.send(requestTo(url, more));
  }

  afterEach(async () => {
    await transport.close();
    transport = make();
  });

  describe('says that nothing left', () => {
    test('when the connection is refused', async () => {
      const collector = await TestCollector.start();
      await collector.close();
      expect(await failureOf(send(collector.url))).toMatchObject({
        code: 'CONNECTION_FAILED',
        bodyLeft: 'no',
        message: `can't connect to ${new URL(collector.url).host}: ECONNREFUSED`,
      });
    });

    test('when the name does not exist', async () => {
      const error = await failureOf(send('http://collector.invalid/v1/metrics'));
      expect(error).toMatchObject({ code: 'CONNECTION_FAILED', bodyLeft: 'no' });
      expect(error.message).toMatch(/ENOTFOUND|EAI_AGAIN/);
    });

    const expired = selfSignedCertificate({ nowMs: Date.now() - 730 * 86_400_000 });
    const other = selfSignedCertificate();
    test.each<[string, TestCollectorOptions, string | undefined, string]>([
      ['an unknown authority', { tls: 'self-signed' }, undefined, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
      ['another host', { tls: other, host: '127.0.0.2' }, other.cert, 'ERR_TLS_CERT_ALTNAME_INVALID'],
      ['the past', { tls: expired }, expired.cert, 'CERT_HAS_EXPIRED'],
    ])("when the receiver's certificate is of %s", async (_title, options, trusted, code) => {
      if (trusted !== undefined) trust(trusted);
      const collector = await startCollector(options);
      const error = await failureOf(send(`${collector.url}/v1/metrics`));
      expect(error).toMatchObject({ code: 'CONNECTION_FAILED', bodyLeft: 'no' });
      expect(error.message).toContain(code);
      expect(collector.requests).toEqual([]);
    });

    test('when the time was over before', async () => {
      const collector = await startCollector();
      const signal = AbortSignal.abort();
      expect(await failureOf(send(collector.url, { signal }))).toMatchObject({
        code: 'DEADLINE_EXCEEDED',
        bodyLeft: 'no',
      });
      expect(collector.connections.opened).toBe(0);
    });

    test('when a header can not be sent', async () => {
      const collector = await startCollector();
      const headers = { authorization: `Bearer ${secret}\nx` };
      expect(await failureOf(send(collector.url, { headers }))).toMatchObject({
        code: 'CONNECTION_FAILED',
        bodyLeft: 'no',
      });
      expect(collector.requests).toEqual([]);
    });

    test('when it was closed', async () => {
      await transport.close();
      const collector = await startCollector();
      expect(await failureOf(send(collector.url))).toMatchObject({
        code: 'CONNECTION_FAILED',
        bodyLeft: 'no',
      });
    });
  });

  test('keeps to the deadline while it connects', async () => {
    const abort = new AbortController();
    // It accepts, and never answers the TLS handshake.
    const url = await listen(
      createTcpServer(() => abort.abort()),
      new Set(),
    );
    const sent = send(url.replace('http:', 'https:'), { signal: abort.signal });
    expect(await failureOf(sent)).toMatchObject({ code: 'DEADLINE_EXCEEDED', bodyLeft: beforeConnected });
  });

  describe('says that something may have left', () => {
    test('when the deadline comes before the answer, and closes the socket', async () => {
      const abort = new AbortController();
      const closed = Promise.withResolvers<string>();
      const url = await serveBytes((socket) => {
        socket.once('close', () => closed.resolve('closed'));
        abort.abort();
      });
      const sent = send(url, { signal: abort.signal });
      expect(await failureOf(sent)).toMatchObject({ code: 'DEADLINE_EXCEEDED', bodyLeft: 'unknown' });
      expect(await closed.promise).toBe('closed');
    });

    test('when the deadline comes while the answer drips', async () => {
      const abort = new AbortController();
      const url = await serve((_request, response) => {
        response.writeHead(200, { 'content-length': 2 });
        response.write('{', () => abort.abort());
      });
      const sent = send(url, { signal: abort.signal });
      expect(await failureOf(sent)).toMatchObject({ code: 'DEADLINE_EXCEEDED', bodyLeft: 'unknown' });
    });

    test.each<[string, ScriptStep]>([
      ['before the body was read', { do: 'reset', when: 'before-body' }],
      ['in the middle of the body', { do: 'reset', when: 'during-body' }],
      ['after the body', { do: 'reset', when: 'after-body', store: true }],
    ])('when the connection is reset %s', async (_title, step) => {
      const collector = await startCollector();
      collector.script([step]);
      const sent = send(`${collector.url}/v1/metrics`, { body: Buffer.alloc(2 ** 21, ' ') });
      expect(await failureOf(sent)).toMatchObject({ code: 'CONNECTION_LOST', bodyLeft: 'unknown' });
      collector.assertScriptConsumed();
    });

    const head = 'HTTP/1.1 200 OK\r\n';
    test.each<[string, string]>([
      ['in the middle of the headers', `${head}content-length: 2`],
      ['in the middle of the body', `${head}content-length: 2\r\n\r\n{`],
      ['in the middle of a chunk', `${head}transfer-encoding: chunked\r\n\r\n2\r\n{`],
      ['before the last chunk', `${head}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n`],
      ['before anything', ''],
    ])('when the answer ends %s', async (_title, bytes) => {
      const url = await serveBytes((socket) => socket.end(bytes));
      expect(await failureOf(send(url))).toMatchObject({ code: 'CONNECTION_LOST', bodyLeft: 'unknown' });
    });

    test('when the connection is reset in the middle of the answer', async () => {
      const url = await serve((_request, response) => {
        response.writeHead(200, { 'content-length': 2 });
        response.write('{', () => response.socket?.resetAndDestroy());
      });
      expect(await failureOf(send(url))).toMatchObject({ code: 'CONNECTION_LOST', bodyLeft: 'unknown' });
    });

    test.each([
      ['no HTTP', 'SSH-2.0-OpenSSH_9.9\r\n'],
      [
        'a 100 that nobody asked for',
        'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
      ],
    ])('when the answer is %s', async (_title, bytes) => {
      const url = await serveBytes((socket) => socket.write(bytes));
      expect(await failureOf(send(url))).toMatchObject({ code: 'CONNECTION_LOST', bodyLeft: 'unknown' });
    });
  });

  describe('gives the answer', () => {
    test.each([301, 302, 303, 307, 308] as const)('when it is a redirect: %d', async (status) => {
      const collector = await startCollector();
      const target = await startCollector();
      collector.script([{ do: 'redirect', status, location: `${target.url}/v1/metrics` }]);
      expect(await send(`${collector.url}/v1/metrics`)).toMatchObject({ status });
      expect(target.requests).toEqual([]);
    });

    test('when other informational answers come before it', async () => {
      const interim = 'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n';
      const url = await serveBytes((socket) =>
        socket.write(`${interim}HTTP/1.1 503 Busy\r\nretry-after: 3\r\ncontent-length: 2\r\n\r\n{}`),
      );
      expect(await send(url)).toMatchObject({ status: 503, headers: { 'retry-after': '3' } });
    });

    test('when it comes in chunks', async () => {
      const url = await serveBytes((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4;name=value\r\n{"a"\r\n');
        socket.write('3\r\n:1}\r\n0\r\ntrailer: 1\r\n\r\n');
      });
      const response = await send(url);
      expect(Buffer.from(response.body).toString()).toBe('{"a":1}');
    });

    test.each([
      ['204', 'HTTP/1.1 204 No Content\r\n\r\n'],
      ['with the length 0', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'],
      ['that ends with the connection', 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n'],
      ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\n'],
    ])('when it is an empty one: %s', async (_title, bytes) => {
      const url = await serveBytes((socket) => socket.end(bytes));
      const response = await send(url);
      expect(response).toMatchObject({ bodyTooLarge: false });
      expect(response.status).toBeOneOf([200, 204]);
      expect(response.body.byteLength).toBe(0);
    });

    test('when its body does not end: as one that is too large, and closes the socket', async () => {
      const closed = Promise.withResolvers<string>();
      const url = await serveBytes((socket) => {
        const page = Buffer.alloc(2 ** 16, ' ');
        const write = (): boolean => socket.writable && socket.write(page, write);
        socket.once('close', () => closed.resolve('closed'));
        socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n', write);
      });
      const response = await send(url);
      expect(response).toMatchObject({ status: 200, bodyTooLarge: true });
      expect(response.body.byteLength).toBe(0);
      expect(await closed.promise).toBe('closed');
    });

    test('when a few bytes inflate to more than 4 MiB: as one that is too large', async () => {
      const url = await serve((_request, response) => {
        response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(2 ** 26)));
      });
      const response = await send(url);
      expect(response).toMatchObject({ status: 200, bodyTooLarge: true });
      expect(response.body.byteLength).toBe(0);
    });

    test('when it is compressed: inflated', async () => {
      const url = await serve((_request, response) => {
        response.setHeader('content-encoding', 'gzip').end(gzipSync('{"a":1}'));
      });
      const response = await send(url);
      expect(Buffer.from(response.body).toString()).toBe('{"a":1}');
    });
  });

  describe('of a server that closes its connections', () => {
    test('gives the answers when that happens between requests', async () => {
      const collector = await startCollector();
      for (let count = 1; count <= 3; count += 1) {
        expect(await send(`${collector.url}/v1/metrics`)).toMatchObject({ status: 200 });
        collector.closeIdleConnections();
        await vi.waitFor(() => expect(collector.connections.open).toBe(0), { timeout: 10_000, interval: 5 });
      }
      expect(collector.requests.map((received) => received.connection)).toEqual([1, 2, 3]);
    });

    test('says that something may have left when a request meets it, and sends nothing twice', async () => {
      let requests = 0;
      const url = await serveBytes((socket, count) => {
        requests = count;
        if (count === 2) socket.resetAndDestroy();
        else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
      });
      expect(await send(url)).toMatchObject({ status: 200 });
      expect(await failureOf(send(url))).toMatchObject({ code: 'CONNECTION_LOST', bodyLeft: 'unknown' });
      expect(requests).toBe(2);
      expect(await send(url)).toMatchObject({ status: 200 });
      expect(requests).toBe(3);
    });

    test('takes no answer for its own that came before the request', async () => {
      const url = await serveBytes((socket, count) => {
        if (count > 1) socket.end('HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n');
        else
          socket.write(
            'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
          );
      });
      expect(await send(url)).toMatchObject({ status: 200 });
      expect(await send(url)).toMatchObject({ status: 503 });
    });
  });

  test('sends the bytes once, with their length and the headers', async () => {
    const collector = await startCollector();
    await send(`${collector.url}/v1/metrics`);
    expect(collector.requests).toHaveLength(1);
    expect(collector.requests[0]?.rawBody.toString()).toBe('{}');
    expect(collector.requests[0]?.headers).toMatchObject({
      'content-length': '2',
      'content-type': 'application/json',
      'user-agent': 'test/1',
      authorization: `Bearer ${secret}`,
    });
    expect(collector.requests[0]?.headers).not.toHaveProperty('transfer-encoding');
  });
});
