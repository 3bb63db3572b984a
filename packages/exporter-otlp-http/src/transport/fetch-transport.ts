import { MAX_RESPONSE_BYTES, TOO_LARGE, type CollectedBody } from './collect-body.ts';
import { codeOf, reasonOf } from './describe-failure.ts';
import {
  TransportError,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts';

/** FetchTransportOptions configures `fetchTransport`. */
export interface FetchTransportOptions {
  /** What sends. Default: the runtime's own `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/**
 * fetchTransport sends with the runtime's `fetch`: for runtimes where undici does not run (Bun, Deno, edge). Where
 * undici runs, `undiciTransport` is the better one. TLS, proxies and connections are the runtime's affair here, and
 * fetch tells little about failures: whether something left is `unknown` unless it is certain that nothing did.
 */
export function fetchTransport(options: FetchTransportOptions = {}): Transport {
  return new FetchTransport(options);
}

class FetchTransport implements Transport {
  // fetch copies bytes before it sends them (Fetch standard, "extract a body").
  readonly releasesBody = true;
  readonly #options: FetchTransportOptions;
  #closed = false;

  constructor(options: FetchTransportOptions) {
    this.#options = options;
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    const headers = this.#prepare(request);
    const send = this.#options.fetch ?? globalThis.fetch;
    const { url, body, signal } = request;
    try {
      // A redirect is an answer: a followed one becomes a GET, and its 200 a false success.
      const response = await send(url, {
        method: 'POST',
        headers,
        body: body as Uint8Array<ArrayBuffer>,
        signal,
        redirect: 'manual',
      });
      return {
        // A browser tells that there is a redirect, but not which.
        status: response.type === 'opaqueredirect' ? 302 : response.status,
        headers: Object.assign(Object.create(null), Object.fromEntries(response.headers)),
        ...(await collect(response)),
      };
    } catch (failure) {
      throw toTransportError(failure, request);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  /** Everything that can fail without fetch: here it is certain that nothing left. */
  #prepare({ url, headers, signal }: TransportRequest): Headers {
    const nothingLeft = { bodyLeft: 'no', cause: undefined } as const;
    if (this.#closed) throw new TransportError('CONNECTION_FAILED', 'the transport is closed', nothingLeft);
    if (signal.aborted) {
      const message = `no connection came about to ${url.host} in time`;
      throw new TransportError('DEADLINE_EXCEEDED', message, { ...nothingLeft, cause: signal.reason });
    }
    try {
      // fetch counts the body itself, and refuses to be told its length on some runtimes.
      const { 'content-length': _, ...given } = headers;
      return new Headers(given);
    } catch {
      throw new TransportError('CONNECTION_FAILED', "the headers of the request can't be sent", nothingLeft);
    }
  }
}

/** collect reads a body as fetch inflates it, and no further than MAX_RESPONSE_BYTES. */
async function collect(response: Response): Promise<CollectedBody> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the rest.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_RESPONSE_BYTES) return TOO_LARGE;
    chunks.push(chunk);
  }
  const body = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return { body, bodyTooLarge: false };
}

// fetch's own error is not passed on as a cause: its message may hold header values and the URL.
function toTransportError(failure: unknown, { url, signal }: TransportRequest): TransportError {
  if (signal.aborted) {
    const options = { bodyLeft: 'unknown', cause: signal.reason } as const;
    return new TransportError(
      'DEADLINE_EXCEEDED',
      `no complete answer came from ${url.host} in time`,
      options,
    );
  }
  const reason = reasonOf(failure);
  if (isBeforeAnything(failure)) {
    return new TransportError('CONNECTION_FAILED', `can't connect to ${url.host}: ${reason}`, {
      bodyLeft: 'no',
    });
  }
  return new TransportError('CONNECTION_LOST', `the connection to ${url.host} broke: ${reason}`, {
    bodyLeft: 'unknown',
  });
}

const CONNECT_CALLS = new Set<unknown>(['connect', 'getaddrinfo']);

const CONNECT_CODES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  // OpenSSL's verdicts on the receiver's certificate: what comes first on a connection.
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

// Node's fetch tells why in its error's cause, and sends nothing twice. Others send again on a fresh connection by
// themselves when one breaks: their failure to connect says nothing of the time before, and has its code elsewhere.
function isBeforeAnything(failure: unknown): boolean {
  if (!(failure instanceof TypeError) || 'code' in failure) return false;
  const { cause } = failure;
  if (cause instanceof Error && 'syscall' in cause && CONNECT_CALLS.has(cause.syscall)) return true;
  return CONNECT_CODES.has(codeOf(cause) ?? '');
}
