import { OtlpHttpError, type OtlpHttpErrorCode } from '../otlp-http-error.ts';
import type { UndiciTransportOptions } from './undici-transport.ts';

/**
 * Transport brings one request to its receiver. It neither retries nor follows redirects, and knows nothing of OTLP.
 * Behaviour is added by wrapping one transport in another.
 */
export interface Transport {
  /**
   * send POSTs `request.body` and resolves with the answer, whatever its status.
   *
   * @throws TransportError (as a rejection) when there is no complete answer: by `request.signal`, or because the
   * connection failed or broke.
   */
  send(request: TransportRequest): Promise<TransportResponse>;
  /** close frees the sockets. No send follows. */
  close(): Promise<void>;
  /**
   * True when nothing reads `request.body` any more once `send` has resolved with a 2xx answer: the exporter may then
   * write its next request into the same memory. Leave it out when bodies are kept or passed on.
   */
  readonly releasesBody?: boolean;
  /**
   * optionsForChild gives the options of the `undiciTransport` that a child process makes to send in this transport's
   * place, when this process is about to die and will not come back to its event loop. They go through the child's
   * standard input. Without it nothing is sent then.
   */
  optionsForChild?(): UndiciTransportOptions;
}

/** TransportRequest is one POST. */
export interface TransportRequest {
  /** Where it goes, without credentials. */
  readonly url: URL;
  /** Names in lower case; `content-length` among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, compressed if a header says so. It may be written to again after the answer; see `releasesBody`. */
  readonly body: Uint8Array;
  /** Aborts at the one deadline of the whole export: no slow peer stretches it. */
  readonly signal: AbortSignal;
}

/** TransportResponse is a complete answer. */
export interface TransportResponse {
  /** The HTTP status, such as 200. */
  readonly status: number;
  /** Names in lower case, repeated ones joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, decompressed; empty when `bodyTooLarge`. */
  readonly body: Uint8Array;
  /** True when the decompressed body has more than 4 MiB: it was not read to its end. */
  readonly bodyTooLarge: boolean;
}

/** TransportError says why there is no answer, and whether the receiver may have got part of the request's body. */
export class TransportError extends OtlpHttpError {
  /** The class, for logs; match on `code` instead. */
  override readonly name: string = 'TransportError';
  /** `no`: not one byte of the body left this process. `unknown`: some of it may have. */
  readonly bodyLeft: 'no' | 'unknown';

  constructor(
    code: OtlpHttpErrorCode,
    message: string,
    options: { readonly bodyLeft: 'no' | 'unknown'; readonly cause?: unknown },
  ) {
    super(code, message, options);
    this.bodyLeft = options.bodyLeft;
  }
}
