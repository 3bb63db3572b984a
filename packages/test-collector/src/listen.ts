import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { CollectorError } from './collector-error.ts';
import type { CollectorTls, ResolvedOptions } from './collector-options.ts';
import { ConnectionTracker } from './track-connections.ts';

/** What handles a request of either version of HTTP. */
export type RequestHandler = (
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
) => void;

/** The listening side of the collector: one port for HTTP/1.1 and HTTP/2, with or without TLS. */
export interface Listener {
  readonly port: number;
  readonly connections: ConnectionTracker;
  /** New connections are left alone this long, in ms, before a byte of them is read. */
  acceptDelayMs: number;
  /** Stops listening and closes every connection; `listen` takes the same port again. */
  close(): Promise<void>;
  listen(): Promise<void>;
}

/** openListener starts to listen. HTTP/2 is told by ALPN with TLS, by its first bytes without. */
export async function openListener(
  options: ResolvedOptions & { readonly keys: CollectorTls | undefined },
  handle: RequestHandler,
): Promise<Listener> {
  const { limits, keys, host } = options;
  const connections = new ConnectionTracker();
  const http2 = createHttp2Server(
    { maxHeaderListPairs: 256, settings: { maxHeaderListSize: limits.maxHeaderBytes } },
    handle,
  );
  http2.on('session', (session) => {
    session.setTimeout(limits.idleTimeoutMs, () => session.close());
    session.on('error', () => {});
  });
  const serverOptions = {
    headersTimeout: limits.headerTimeoutMs,
    requestTimeout: 0, // the body's time is counted by its reader
    connectionsCheckingInterval: Math.min(Math.max(limits.headerTimeoutMs / 4, 20), 5000),
    keepAliveTimeout: limits.idleTimeoutMs,
    keepAliveTimeoutBuffer: 0, // it closes when it said it would, to the client's cost
    maxHeaderSize: limits.maxHeaderBytes,
  };
  const server =
    keys === undefined
      ? createHttpServer(serverOptions, handle)
      : createHttpsServer({ ...serverOptions, ...tlsOptions(keys, limits.headerTimeoutMs) }, handle);
  server.on('tlsClientError', () => {});

  const listener: Listener = {
    port: options.port,
    connections,
    acceptDelayMs: 0,
    listen: () => listen(server, listener.port, host),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      connections.closeAll();
      await closed;
    },
  };
  routeConnections(server, {
    http2,
    listener,
    headerTimeoutMs: limits.headerTimeoutMs,
    secure: keys !== undefined,
  });
  await listener.listen();
  const address = server.address();
  return Object.assign(listener, {
    port: typeof address === 'object' && address !== null ? address.port : 0,
  });
}

function tlsOptions(keys: CollectorTls, handshakeTimeout: number): object {
  return {
    key: keys.key,
    cert: keys.cert,
    ALPNProtocols: ['h2', 'http/1.1'],
    handshakeTimeout,
    ...(keys.clientCa === undefined
      ? {}
      : { ca: keys.clientCa, requestCert: true, rejectUnauthorized: true }),
  };
}

/** Puts a switch between a new connection and node's own listeners, which stay in charge of the rest. */
function routeConnections(
  server: Server,
  {
    http2,
    listener,
    headerTimeoutMs,
    secure,
  }: { http2: Http2Server; listener: Listener; headerTimeoutMs: number; secure: boolean },
): void {
  const accept = takeListener(server, 'connection');
  server.on('connection', (socket: Socket) => {
    listener.connections.add(socket);
    const proceed = (): void => {
      if (socket.destroyed) return;
      if (secure) accept(socket);
      else
        sniff(socket, { headerTimeoutMs, http1: accept, http2: (plain) => http2.emit('connection', plain) });
    };
    if (listener.acceptDelayMs === 0) proceed();
    else setTimeout(proceed, listener.acceptDelayMs).unref();
  });
  if (!secure) return;
  const acceptSecure = takeListener(server, 'secureConnection');
  server.on('secureConnection', (socket: TLSSocket) => {
    if (socket.alpnProtocol === 'h2') http2.emit('connection', socket);
    else acceptSecure(socket);
  });
}

function takeListener(server: Server, event: string): (socket: Socket) => void {
  const listeners = server.listeners(event);
  server.removeAllListeners(event);
  return (socket) => {
    for (const listener of listeners) Reflect.apply(listener, server, [socket]);
  };
}

const http2Preface = 'PRI';

function sniff(
  socket: Socket,
  {
    headerTimeoutMs,
    http1,
    http2,
  }: { headerTimeoutMs: number; http1: (s: Socket) => void; http2: (s: Socket) => void },
): void {
  const timer = setTimeout(() => socket.destroy(), headerTimeoutMs).unref();
  socket.once('close', () => clearTimeout(timer));
  let seen = Buffer.alloc(0);
  const look = (): void => {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) {
      if (!socket.readableEnded) socket.once('readable', look);
      return;
    }
    seen = Buffer.concat([seen, chunk]);
    const start = seen.subarray(0, http2Preface.length).toString('latin1');
    if (start.length < http2Preface.length && http2Preface.startsWith(start)) {
      socket.once('readable', look);
      return;
    }
    clearTimeout(timer);
    socket.unshift(seen);
    if (start === http2Preface) http2(socket);
    else http1(socket);
  };
  socket.once('readable', look);
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => {
      const why = cause.code === 'EADDRINUSE' ? 'the port is already in use' : cause.message;
      reject(new CollectorError('ADDRESS_UNAVAILABLE', `can't listen on ${host}:${port}: ${why}`, { cause }));
    };
    server.once('error', fail);
    server.listen({ port, host }, () => {
      server.off('error', fail);
      resolve();
    });
  });
}
