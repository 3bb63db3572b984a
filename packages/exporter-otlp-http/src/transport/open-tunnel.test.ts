import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { inspect } from 'node:util';

import { selfSignedCertificate, TestCollector } from '@pqcnet/telemetry-test-collector';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { TransportError, type Transport, type TransportRequest } from './transport.ts';
import { undiciTransport, type UndiciTransportOptions } from './undici-transport.ts';

const authorization = `Basic ${Buffer.from('us er:p@ss/w0rd').toString('base64')}`;
const credentials = 'us%20er:p%40ss%2Fw0rd';

interface Passed {
  readonly method: string | undefined;
  readonly target: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

interface Proxy {
  /** Without credentials. */
  readonly url: string;
  readonly withCredentials: string;
  readonly passed: readonly Passed[];
  readonly sockets: ReadonlySet<Socket>;
}

/** A small proxy: forwards by absolute-form, tunnels by CONNECT, and refuses whom it does not know. */
async function startProxy({ tls = false, authenticates = false } = {}): Promise<
  Proxy & { readonly cert: string }
> {
  const passed: Passed[] = [];
  const pair = selfSignedCertificate();
  const server: Server = tls ? createTlsServer(pair) : createServer();
  const knows = (headers: IncomingHttpHeaders): boolean =>
    !authenticates || headers['proxy-authorization'] === authorization;

  server.on('request', (request, response) => {
    passed.push({ method: request.method, target: request.url, headers: request.headers });
    if (!knows(request.headers)) {
      response.writeHead(407).end();
      return;
    }
    const target = new URL(request.url ?? '');
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const onward = fetch(target, {
      method: 'POST',
      headers: { 'content-type': headers['content-type'] ?? '' },
      body: request,
      duplex: 'half',
    });
    void onward.then(async (answer) => response.writeHead(answer.status).end(await answer.bytes()));
  });
  server.on('connect', (request, client: Socket, head: Buffer) => {
    passed.push({ method: request.method, target: request.url, headers: request.headers });
    client.on('error', () => {});
    if (!knows(request.headers)) {
      client.end('HTTP/1.1 407 Who are you\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const { hostname, port } = new URL(`tunnel://${request.url}`);
    const upstream = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      client.pipe(upstream).pipe(client);
    });
    upstream.on('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    client.on('close', () => upstream.destroy());
  });
  const sockets = new Set<Socket>();
  const { host } = new URL(await listen(server, sockets));
  const scheme = tls ? 'https' : 'http';
  return {
    url: `${scheme}://${host}`,
    withCredentials: `${scheme}://${credentials}@${host}`,
    passed,
    sockets,
    cert: pair.cert,
  };
}

async function listen(server: TcpServer, sockets: Set<Socket>): Promise<string> {
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
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
}

async function startCollector(tls = false): Promise<TestCollector> {
  const collector = await TestCollector.start(tls ? { tls: 'self-signed' } : {});
  onTestFinished(() => collector.close());
  return collector;
}

function transportFor(options: UndiciTransportOptions): Transport {
  const transport = undiciTransport(options);
  onTestFinished(() => transport.close());
  return transport;
}

function requestTo(url: string, more: Partial<TransportRequest> = {}): TransportRequest {
  const headers = { 'content-type': 'application/json', 'content-length': '2' };
  const signal = AbortSignal.timeout(20_000);
  return { url: new URL('/v1/metrics', url), headers, body: Buffer.from('{}'), signal, ...more };
}

async function failureOf(sent: Promise<unknown>): Promise<TransportError> {
  const outcome = await sent.then(
    (response) => response,
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(TransportError);
  const shown = inspect(outcome, { depth: 9, showHidden: true });
  for (const secret of ['p@ss', 'p%40ss', authorization]) expect(shown).not.toContain(secret);
  return outcome as TransportError;
}

describe('an http receiver', () => {
  test('gets its requests from the proxy, which is sent the whole URL, on one connection', async () => {
    const [proxy, collector] = await Promise.all([startProxy({ authenticates: true }), startCollector()]);
    const transport = transportFor({ proxy: { http: proxy.withCredentials } });
    expect(await transport.send(requestTo(collector.url))).toMatchObject({ status: 200 });
    expect(await transport.send(requestTo(`${collector.url}?a=b`))).toMatchObject({ status: 200 });
    expect(proxy.passed).toHaveLength(2);
    expect(proxy.passed[0]).toMatchObject({ method: 'POST', target: `${collector.url}/v1/metrics` });
    expect(proxy.passed[0]?.headers).toMatchObject({
      host: new URL(collector.url).host,
      'proxy-authorization': authorization,
    });
    expect(proxy.sockets.size).toBe(1);
    expect(collector.requests).toHaveLength(2);
    expect(collector.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  test('that is excepted is reached directly; loopback is no exception by itself', async () => {
    const [proxy, collector] = await Promise.all([startProxy(), startCollector()]);
    for (const noProxy of ['127.0.0.1', `127.0.0.1:${collector.port}`, '*']) {
      await transportFor({ proxy: { http: proxy.url, noProxy } }).send(requestTo(collector.url));
    }
    expect(proxy.passed).toEqual([]);
    await transportFor({ proxy: { http: proxy.url, noProxy: '127.0.0.1:1' } }).send(requestTo(collector.url));
    expect(proxy.passed).toHaveLength(1);
  });

  test("gives the proxy's refusal as an answer", async () => {
    const [proxy, collector] = await Promise.all([startProxy({ authenticates: true }), startCollector()]);
    const transport = transportFor({ proxy: { http: proxy.url } });
    expect(await transport.send(requestTo(collector.url))).toMatchObject({ status: 407 });
    expect(collector.requests).toEqual([]);
  });
});

describe('an https receiver', () => {
  test('is reached through a tunnel, which carries several requests, and does not see the credentials', async () => {
    const [proxy, collector] = await Promise.all([startProxy({ authenticates: true }), startCollector(true)]);
    const tls = { ca: collector.certificate };
    const transport = transportFor({ tls, proxy: { https: proxy.withCredentials } });
    await transport.send(requestTo(collector.url));
    await transport.send(requestTo(collector.url));
    expect(proxy.passed).toMatchObject([
      {
        method: 'CONNECT',
        target: `127.0.0.1:${collector.port}`,
        headers: { 'proxy-authorization': authorization },
      },
    ]);
    expect(collector.requests).toHaveLength(2);
    expect(collector.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  test('can speak HTTP/2 through a tunnel', async () => {
    const [proxy, collector] = await Promise.all([startProxy(), startCollector(true)]);
    const tls = { ca: collector.certificate };
    const transport = transportFor({ tls, httpVersion: '2', proxy: { https: proxy.url } });
    await transport.send(requestTo(collector.url));
    expect(collector.requests).toMatchObject([{ httpVersion: '2.0' }]);
  });

  test('is verified through a tunnel as well', async () => {
    const [proxy, collector] = await Promise.all([startProxy(), startCollector(true)]);
    const transport = transportFor({ proxy: { https: proxy.url } });
    const error = await failureOf(transport.send(requestTo(collector.url)));
    expect(error).toMatchObject({ code: 'CONNECTION_FAILED', bodyLeft: 'no' });
    expect(error.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(collector.requests).toEqual([]);
  });

  test('is reached again when the tunnel broke', async () => {
    const [proxy, collector] = await Promise.all([startProxy(), startCollector(true)]);
    const tls = { ca: collector.certificate };
    const transport = transportFor({ tls, proxy: { https: proxy.url } });
    await transport.send(requestTo(collector.url));
    for (const socket of proxy.sockets) socket.destroy();
    await vi.waitFor(() => expect(collector.connections.open).toBe(0), { timeout: 10_000, interval: 5 });
    expect(await transport.send(requestTo(collector.url))).toMatchObject({ status: 200 });
  });

  test('is not asked for by an http proxy alone', async () => {
    const [proxy, collector] = await Promise.all([startProxy(), startCollector(true)]);
    const tls = { ca: collector.certificate };
    await transportFor({ tls, proxy: { http: proxy.url } }).send(requestTo(collector.url));
    expect(proxy.passed).toEqual([]);
  });
});

describe('nothing left', () => {
  test.each([
    ['does not know the client', { authenticates: true }, 'it answered CONNECT with 407'],
    ["can't reach the receiver", {}, 'it answered CONNECT with 502'],
  ])('when the proxy %s', async (_title, options, reason) => {
    const proxy = await startProxy(options);
    const transport = transportFor({ proxy: { https: proxy.url.replace('//', '//who:p%40ss@') } });
    const error = await failureOf(transport.send(requestTo('https://127.0.0.1:1/')));
    expect(error).toMatchObject({
      code: 'CONNECTION_FAILED',
      bodyLeft: 'no',
      message: `can't connect through the proxy ${new URL(proxy.url).host}: ${reason}`,
    });
  });

  test.each(['http://127.0.0.1:1/', 'https://127.0.0.1:1/'])(
    'when the proxy is not there: for %s',
    async (receiver) => {
      const gone = `http://${credentials}@127.0.0.1:9`;
      const error = await failureOf(
        transportFor({ proxy: { http: gone, https: gone } }).send(requestTo(receiver)),
      );
      expect(error).toMatchObject({ code: 'CONNECTION_FAILED', bodyLeft: 'no' });
      expect(error.message).toContain('ECONNREFUSED');
    },
  );

  test.each([
    ['hangs up', (socket: Socket) => socket.end(), 'ECONNRESET'],
    ['speaks no HTTP', (socket: Socket) => socket.end('220 mail ESMTP\r\n'), 'HPE_'],
  ])('when the proxy %s', async (_title, answer, reason) => {
    const server = createTcpServer((socket) => socket.once('data', () => answer(socket)));
    const proxy = await listen(server, new Set());
    const error = await failureOf(
      transportFor({ proxy: { https: proxy } }).send(requestTo('https://localhost:1/')),
    );
    expect(error).toMatchObject({ code: 'CONNECTION_FAILED', bodyLeft: 'no' });
    expect(error.message).toContain(reason);
  });

  test('when the deadline comes before the tunnel, which is given up', async () => {
    const abort = new AbortController();
    const closed = Promise.withResolvers<string>();
    const server = createTcpServer((socket) => {
      socket.on('close', () => closed.resolve('closed')).on('error', () => {});
      socket.once('data', () => abort.abort());
    });
    const proxy = await listen(server, new Set());
    const transport = transportFor({ proxy: { https: proxy } });
    const sent = transport.send(requestTo('https://localhost:1/', { signal: abort.signal }));
    expect(await failureOf(sent)).toMatchObject({ code: 'DEADLINE_EXCEEDED', bodyLeft: 'no' });
    expect(await closed.promise).toBe('closed');
  });

  test('when the proxy takes longer than a connection may', async () => {
    const proxy = await listen(createTcpServer(), new Set());
    const transport = transportFor({ proxy: { https: proxy }, connectTimeoutMs: 20 });
    const error = await failureOf(transport.send(requestTo('https://localhost:1/')));
    expect(error).toMatchObject({ code: 'CONNECTION_FAILED', bodyLeft: 'no' });
    expect(error.message).toContain('ETIMEDOUT');
  });
});

describe('an https proxy', () => {
  test.each([true, false])(
    "is verified with the system's authorities: receiver with TLS %s",
    async (secure) => {
      const [proxy, collector] = await Promise.all([startProxy({ tls: true }), startCollector(secure)]);
      const options = {
        tls: { ca: collector.certificate ?? proxy.cert },
        proxy: { http: proxy.url, https: proxy.url },
      };
      const error = await failureOf(transportFor(options).send(requestTo(collector.url)));
      expect(error).toMatchObject({ code: 'CONNECTION_FAILED', bodyLeft: 'no' });
      expect(error.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');

      const before = getCACertificates('default');
      onTestFinished(() => setDefaultCACertificates(before));
      setDefaultCACertificates([...before, proxy.cert]);
      expect(await transportFor(options).send(requestTo(collector.url))).toMatchObject({ status: 200 });
      expect(proxy.passed).toHaveLength(1);
    },
  );
});

test.each([
  [{ proxy: { http: 'socks5://u:p@ss@proxy' } }, 'proxy.http is not an http or https URL'],
  [{ proxy: { https: 'proxy:3128' } }, 'proxy.https is not an http or https URL'],
])('a proxy of another kind is refused at set-up, and not shown', (options, message) => {
  expect(() => undiciTransport(options)).toThrow(
    expect.objectContaining({ code: 'INVALID_EXPORTER_OPTIONS', message }),
  );
});
