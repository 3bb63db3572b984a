import { OtlpHttpError } from '../otlp-http-error.ts';
import type { ProxyOptions } from './choose-proxy.ts';
import type * as Sending from './send-over-connection.ts';
import { TlsFiles, type TransportWarning } from './tls-files.ts';
import type { TlsOptions } from './tls-options.ts';
import {
  TransportError,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts';
import type { Connection } from './undici-connection.ts';

/** HttpVersion is the version of HTTP that is asked for. */
export type HttpVersion = '1.1' | '2';

/** UndiciTransportOptions configures `undiciTransport`. */
export interface UndiciTransportOptions {
  /**
   * How long an idle socket is kept for the next request, in milliseconds. Default 4000. Keep it below the receiver's
   * own limit, else a request can meet a socket that is just being closed.
   */
  readonly keepAliveTimeoutMs?: number | undefined;
  /** How long a connection may take to come about, in milliseconds. Default 10000. The export's deadline holds besides. */
  readonly connectTimeoutMs?: number | undefined;
  /**
   * Default `1.1`. `2` offers HTTP/2 in the TLS handshake (ALPN), and speaks HTTP/1.1 with a receiver that does not
   * take it, and wherever there is no TLS.
   */
  readonly httpVersion?: HttpVersion | undefined;
  /** TLS: what to trust and what to show. Verification can't be turned off. */
  readonly tls?: TlsOptions | undefined;
  /** Which requests go through a proxy. Default: none; the environment is not looked at. */
  readonly proxy?: ProxyOptions | undefined;
  /**
   * The Unix domain socket (on Windows: the named pipe) to connect to, in place of the URL's host and port and of any
   * proxy. The URL still says the path, the `host` header and whether TLS is spoken.
   */
  readonly socketPath?: string | undefined;
  /** Gets each warning. Default: `process.emitWarning`. */
  readonly onWarning?: ((warning: TransportWarning) => void) | undefined;
}

const HTTP_VERSIONS: ReadonlySet<HttpVersion> = new Set(['1.1', '2']);

/**
 * undiciTransport sends with one kept-alive connection, one request at a time, each exactly once. undici is loaded at
 * the first send, since loading takes it about 100 ms.
 *
 * @throws OtlpHttpError INVALID_EXPORTER_OPTIONS when an option, or a TLS file, can't be used, and on Bun.
 */
export function undiciTransport(options: UndiciTransportOptions = {}): Transport {
  return new UndiciTransport(options);
}

class UndiciTransport implements Transport {
  readonly releasesBody = true;
  readonly #options: UndiciTransportOptions;
  readonly #tlsFiles: TlsFiles;
  #connection: Connection | undefined;
  /** The connection in use, and those before it that are still ending. */
  readonly #connections = new Set<Connection>();
  /** What needs undici. Kept: an import that was done before is still looked up on the way to it. */
  #sending: typeof Sending | undefined;
  #closed = false;

  constructor(options: UndiciTransportOptions) {
    checkOptions(options);
    this.#options = options;
    const { tls = {}, onWarning: warn = emitTransportWarning } = options;
    this.#tlsFiles = new TlsFiles(tls, { warn, nowMs: () => performance.now() });
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    const sending = (this.#sending ??= await import('./send-over-connection.ts'));
    return await sending.sendOverConnection(await this.#connectionTo(request.url, sending), request);
  }

  optionsForChild(): UndiciTransportOptions {
    return this.#options;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#connections].map((connection) => connection.drop()));
  }

  async #connectionTo(
    receiver: URL,
    { Connection }: Pick<typeof Sending, 'Connection'>,
  ): Promise<Connection> {
    const tls = await this.#tlsFiles.current();
    if (this.#closed) {
      throw new TransportError('CONNECTION_FAILED', 'the transport is closed', { bodyLeft: 'no' });
    }
    if (this.#connection?.serves(receiver, tls) === true) return this.#connection;
    if (this.#connection !== undefined) this.#replace(this.#connection);
    const { keepAliveTimeoutMs, connectTimeoutMs, httpVersion, proxy, socketPath } = this.#options;
    this.#connection = new Connection({
      receiver,
      tls,
      proxies: proxy ?? {},
      socketPath,
      offersHttp2: httpVersion === '2',
      idleMs: keepAliveTimeoutMs ?? 4000,
      connectTimeoutMs: connectTimeoutMs ?? 10_000,
    });
    this.#connections.add(this.#connection);
    return this.#connection;
  }

  #replace(connection: Connection): void {
    void connection.retire().then(() => this.#connections.delete(connection));
  }
}

function checkOptions(options: UndiciTransportOptions): void {
  // Bun puts a module of its own in undici's place, which sends nothing.
  if (process.versions['bun'] !== undefined) {
    throw invalid('undiciTransport does not run on Bun: use fetchTransport() as the transport');
  }
  if (typeof options !== 'object' || options === null)
    throw invalid('the transport has options that are no object');
  for (const name of ['keepAliveTimeoutMs', 'connectTimeoutMs'] as const) {
    const value = options[name];
    if (value === undefined || (Number.isFinite(value) && value > 0)) continue;
    throw invalid(`${name} is ${value}, expected a number above 0`);
  }
  const { httpVersion = '1.1', socketPath, proxy = {} } = options;
  if (!HTTP_VERSIONS.has(httpVersion)) {
    throw invalid(`httpVersion is ${JSON.stringify(httpVersion)}, expected 1.1 or 2`);
  }
  if (socketPath === '') throw invalid('socketPath is empty, expected the path of a socket');
  for (const name of ['http', 'https'] as const) {
    const url = proxy[name];
    // The text itself is not shown: it may hold a credential.
    if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
      throw invalid(`proxy.${name} is not an http or https URL`);
    }
  }
}

function emitTransportWarning(warning: TransportWarning): void {
  process.emitWarning(warning.message, { type: 'TelemetryWarning', code: warning.code });
}

function invalid(message: string): OtlpHttpError {
  return new OtlpHttpError('INVALID_EXPORTER_OPTIONS', message);
}
