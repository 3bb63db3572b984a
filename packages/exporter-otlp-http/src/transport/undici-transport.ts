import type { Client, Dispatcher } from 'undici';

import { OtlpHttpError } from '../otlp-http-error.ts';
import { inflateBody, MAX_RESPONSE_BYTES, TOO_LARGE, type CollectedBody } from './collect-body.ts';
import {
  TransportError,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts';

/** UndiciTransportOptions configures `undiciTransport`. */
export interface UndiciTransportOptions {
  /**
   * How long an idle socket is kept for the next request, in milliseconds. Default 4000. Keep it below the receiver's
   * own limit, else a request can meet a socket that is just being closed.
   */
  readonly keepAliveTimeoutMs?: number;
  /** How long a connection may take to come about, in milliseconds. Default 10000. The export's deadline holds besides. */
  readonly connectTimeoutMs?: number;
  /** TLS: what to trust and what to show. Verification can't be turned off. */
  readonly tls?: TlsOptions;
}

/** TlsOptions holds PEM text. */
export interface TlsOptions {
  /** Certificates of the authorities to trust, in place of the system's. */
  readonly ca?: string | Uint8Array;
  /** The client's certificate, for mutual TLS. */
  readonly cert?: string | Uint8Array;
  /** The private key of `cert`. */
  readonly key?: string | Uint8Array;
}

/**
 * undiciTransport sends over HTTP/1.1 with one kept-alive socket per origin. undici is loaded at the first send, since
 * loading takes it about 100 ms.
 */
export function undiciTransport(options: UndiciTransportOptions = {}): Transport {
  return new UndiciTransport(options);
}

class UndiciTransport implements Transport {
  readonly releasesBody = true;
  readonly #options: UndiciTransportOptions;
  #connection: Connection | undefined;
  #closed = false;

  constructor(options: UndiciTransportOptions) {
    requirePositive('keepAliveTimeoutMs', options.keepAliveTimeoutMs);
    requirePositive('connectTimeoutMs', options.connectTimeoutMs);
    this.#options = options;
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    const connection = await this.#connect(request.url.origin);
    const exchange = await dispatch(connection, request);
    const collected = await inflateBody(exchange.raw, exchange.headers['content-encoding']);
    const { body, bodyTooLarge }: CollectedBody = exchange.tooLarge ? TOO_LARGE : collected;
    return { status: exchange.status, headers: exchange.headers, body, bodyTooLarge };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#connection?.drop();
    this.#connection = undefined;
  }

  async #connect(origin: string): Promise<Connection> {
    const { Client: UndiciClient } = await import('undici');
    if (this.#closed) {
      throw new TransportError('CONNECTION_FAILED', 'the transport is closed', { bodyLeft: 'no' });
    }
    if (this.#connection?.origin === origin && !this.#connection.dropped) return this.#connection;
    void this.#connection?.drop();
    this.#connection = new Connection(origin, (connecting) => {
      const idleMs = this.#options.keepAliveTimeoutMs ?? 4000;
      return new UndiciClient(origin, {
        allowH2: false,
        keepAliveTimeout: idleMs,
        // A receiver's hint may shorten the idle time, never stretch it.
        keepAliveMaxTimeout: idleMs,
        // The export's signal is the only deadline for the answer.
        headersTimeout: 0,
        bodyTimeout: 0,
        connect: {
          ...this.#options.tls,
          timeout: this.#options.connectTimeoutMs ?? 10_000,
          signal: connecting,
        },
      });
    });
    return this.#connection;
  }
}

/** Connection is undici's client of one origin, and the means to end even a connect that is under way. */
class Connection {
  readonly origin: string;
  readonly client: Client;
  readonly #connecting = new AbortController();

  constructor(origin: string, makeClient: (connecting: AbortSignal) => Client) {
    this.origin = origin;
    this.client = makeClient(this.#connecting.signal);
  }

  get dropped(): boolean {
    return this.#connecting.signal.aborted;
  }

  async drop(): Promise<void> {
    this.#connecting.abort();
    await this.client.destroy();
  }
}

interface Exchange {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly raw: Uint8Array;
  readonly tooLarge: boolean;
}

function dispatch(connection: Connection, request: TransportRequest): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const { url, signal } = request;
    let controller: Dispatcher.DispatchController | undefined;
    let status = 0;
    let headers: Record<string, string> = {};
    let size = 0;
    const chunks: Uint8Array[] = [];

    function finish(act: () => void): void {
      signal.removeEventListener('abort', onAbort);
      act();
    }
    function fail(cause: unknown): void {
      finish(() => reject(toTransportError(cause, { url, started: controller !== undefined, signal })));
    }
    function onAbort(): void {
      if (controller === undefined) void connection.drop();
      else controller.abort(new Error('aborted'));
      fail(signal.reason);
    }

    const handler: Dispatcher.DispatchHandler = {
      // undici calls this when a socket is connected and just before it writes the request: up to here nothing left.
      onRequestStart(started): void {
        if (signal.aborted) started.abort(new Error('aborted'));
        else controller = started;
      },
      onResponseStart(_controller, statusCode, incoming): void {
        if (statusCode < 200) return;
        status = statusCode;
        headers = flattenHeaders(incoming);
      },
      onResponseData(running, chunk): void {
        size += chunk.byteLength;
        if (size <= MAX_RESPONSE_BYTES) chunks.push(chunk);
        else {
          finish(() => resolve({ status, headers, raw: new Uint8Array(0), tooLarge: true }));
          running.abort(new Error('answer too large'));
        }
      },
      onResponseEnd(): void {
        finish(() => resolve({ status, headers, raw: Buffer.concat(chunks, size), tooLarge: false }));
      },
      onResponseError(_controller, error): void {
        fail(error);
      },
    };

    if (signal.aborted) {
      fail(signal.reason);
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    connection.client.dispatch(
      {
        method: 'POST',
        path: `${url.pathname}${url.search}`,
        headers: { ...request.headers },
        body: request.body,
      },
      handler,
    );
  });
}

function flattenHeaders(incoming: NodeJS.Dict<string | string[]>): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(incoming)) {
    if (value !== undefined) headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

interface FailureContext {
  readonly url: URL;
  readonly started: boolean;
  readonly signal: AbortSignal;
}

function toTransportError(cause: unknown, { url, started, signal }: FailureContext): TransportError {
  const bodyLeft = started ? 'unknown' : 'no';
  const target = url.host;
  if (signal.aborted) {
    const doing = started ? 'no complete answer came from' : 'no connection came about to';
    return new TransportError('DEADLINE_EXCEEDED', `${doing} ${target} in time`, { bodyLeft, cause });
  }
  const reason = reasonOf(cause);
  return started
    ? new TransportError('CONNECTION_LOST', `the connection to ${target} broke: ${reason}`, {
        bodyLeft,
        cause,
      })
    : new TransportError('CONNECTION_FAILED', `can't connect to ${target}: ${reason}`, { bodyLeft, cause });
}

/** reasonOf names an error by its code, since messages of others may hold what must not be shown. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown reason';
  const code: unknown = 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : cause.name;
}

function requirePositive(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isFinite(value) && value > 0)) return;
  throw new OtlpHttpError('INVALID_EXPORTER_OPTIONS', `${name} is ${value}, expected a number above 0`);
}
