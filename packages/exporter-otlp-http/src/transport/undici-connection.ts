import { buildConnector, Client } from 'undici';

import { chooseProxy, type ProxyOptions } from './choose-proxy.ts';
import { openTunnel, proxyAuthorization } from './open-tunnel.ts';
import type { TlsMaterial } from './tls-options.ts';

/** ConnectionOptions says how to reach one receiver. */
export interface ConnectionOptions {
  readonly receiver: URL;
  readonly tls: TlsMaterial;
  readonly proxies: ProxyOptions;
  readonly socketPath: string | undefined;
  readonly offersHttp2: boolean;
  readonly idleMs: number;
  readonly connectTimeoutMs: number;
}

/** Connection is undici's client of one receiver, and the means to end it: even a connect that is under way. */
export class Connection {
  readonly client: Client;
  /** What the receiver's TLS was set up with. */
  readonly tls: TlsMaterial;
  readonly #origin: string;
  /** The proxy that requests are addressed to; undefined when they reach the receiver itself, through a tunnel or not. */
  readonly #forwarder: URL | undefined;
  readonly #connecting = new AbortController();
  #closed: Promise<void> | undefined;

  constructor(options: ConnectionOptions) {
    const { receiver, idleMs, socketPath } = options;
    const proxy = socketPath === undefined ? chooseProxy(receiver, options.proxies) : undefined;
    this.tls = options.tls;
    this.#origin = receiver.origin;
    this.#forwarder = receiver.protocol === 'http:' ? proxy : undefined;
    const signal = this.#connecting.signal;
    const reached =
      this.#forwarder === undefined
        ? { tls: options.tls, offersHttp2: options.offersHttp2, tunnel: proxy }
        : { tls: {}, offersHttp2: false, tunnel: undefined };
    this.client = new Client((this.#forwarder ?? receiver).origin, {
      keepAliveTimeout: idleMs,
      // A receiver's hint may shorten the idle time, never stretch it.
      keepAliveMaxTimeout: idleMs,
      // The export's signal is the only deadline for the answer.
      headersTimeout: 0,
      bodyTimeout: 0,
      allowH2: reached.offersHttp2,
      connect: makeConnector({ ...options, ...reached, signal }),
    });
  }

  /** serves tells whether requests to a receiver can go here. */
  serves(receiver: URL, tls: TlsMaterial): boolean {
    return this.#closed === undefined && this.#origin === receiver.origin && this.tls === tls;
  }

  /** targetOf is what a request line names: a path, or the whole URL for a proxy (RFC 9112, section 3.2). */
  targetOf(url: URL): string {
    const path = `${url.pathname}${url.search}`;
    return this.#forwarder === undefined ? path : `${url.origin}${path}`;
  }

  /** headersFor adds what a proxy wants to know. */
  headersFor(url: URL, headers: Readonly<Record<string, string>>): Record<string, string> {
    if (this.#forwarder === undefined) return { ...headers };
    return { ...headers, host: url.host, ...proxyAuthorization(this.#forwarder) };
  }

  /** retire lets no further request in: those under way end as they would, then the socket is closed. */
  retire(): Promise<void> {
    this.#closed ??= this.client.close().catch(() => {});
    return this.#closed;
  }

  /** drop ends everything at once. */
  async drop(): Promise<void> {
    const closed = this.retire();
    this.#connecting.abort();
    await this.client.destroy();
    await closed;
  }
}

interface ConnectorOptions extends ConnectionOptions {
  readonly signal: AbortSignal;
  readonly tunnel: URL | undefined;
}

function makeConnector(options: ConnectorOptions): buildConnector.connector {
  const { tunnel, signal, connectTimeoutMs: timeoutMs, socketPath, receiver } = options;
  const connect = buildConnector({
    ...options.tls,
    // Said aloud, so that NODE_TLS_REJECT_UNAUTHORIZED, which is the host's for other connections, changes nothing.
    rejectUnauthorized: true,
    timeout: timeoutMs,
    signal,
    allowH2: options.offersHttp2,
    preferH2: true,
    ...(socketPath === undefined ? {} : { socketPath }),
  });
  if (tunnel === undefined) return connect;
  const authority = `${receiver.hostname}:${receiver.port === '' ? '443' : receiver.port}`;
  return (target, callback) => {
    openTunnel({ proxy: tunnel, authority, timeoutMs, signal }).then(
      (httpSocket) => connect({ ...target, httpSocket }, callback),
      (error: unknown) => callback(error instanceof Error ? error : new Error('no tunnel'), null),
    );
  };
}
