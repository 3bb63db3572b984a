import type { Dispatcher } from 'undici';

import { MAX_RESPONSE_BYTES } from './collect-body.ts';
import { reasonOf } from './describe-failure.ts';
import { TransportError, type TransportRequest } from './transport.ts';
import type { Connection } from './undici-connection.ts';

/** Exchange is an answer as it came. */
export interface Exchange {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Record<string, string>;
  /** The body, its content coding not undone; empty when `tooLarge`. */
  readonly raw: Uint8Array;
  /** More than MAX_RESPONSE_BYTES came: the rest was not read. */
  readonly tooLarge: boolean;
}

/**
 * dispatchRequest sends one request over a connection: once, whatever becomes of it. After a failure the connection
 * takes no further request, so that the next try begins with a fresh socket. Rejects with a TransportError.
 */
export function dispatchRequest(connection: Connection, request: TransportRequest): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const { url, signal } = request;
    let controller: Dispatcher.DispatchController | undefined;
    let bodySent = false;
    let status = 0;
    let headers: Record<string, string> = {};
    let size = 0;
    const chunks: Uint8Array[] = [];

    function finish(act: () => void): void {
      signal.removeEventListener('abort', onAbort);
      act();
    }
    function fail(cause: unknown): void {
      void connection.retire();
      finish(() => reject(toTransportError(cause, { url, started: controller !== undefined, signal })));
    }
    function onAbort(): void {
      if (controller === undefined) void connection.drop();
      else controller.abort(new Error('aborted'));
      fail(signal.reason);
    }

    const handler: Dispatcher.DispatchHandler = {
      // undici calls this when a socket is connected and just before it writes the request: up to here nothing left.
      // It calls again when an HTTP/2 receiver refused the stream, or when nothing of it could be written.
      onRequestStart(started): void {
        if (signal.aborted) started.abort(new Error('aborted'));
        else if (bodySent) started.abort(new StreamRefused());
        else controller = started;
      },
      onBodySent(): void {
        bodySent = true;
      },
      onResponseStart(_controller, statusCode, incoming): void {
        // An informational answer is overwritten by the final one.
        status = statusCode;
        headers = flattenHeaders(incoming);
      },
      onResponseData(running, chunk): void {
        size += chunk.byteLength;
        if (size <= MAX_RESPONSE_BYTES) {
          chunks.push(chunk);
          return;
        }
        finish(() => resolve({ status, headers, raw: new Uint8Array(0), tooLarge: true }));
        running.abort(new Error('answer too large'));
      },
      onResponseEnd(): void {
        finish(() => resolve({ status, headers, raw: Buffer.concat(chunks, size), tooLarge: false }));
      },
      onResponseError(_controller, error): void {
        fail(error);
      },
    };

    if (signal.aborted) {
      reject(toTransportError(signal.reason, { url, started: false, signal }));
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    connection.client.dispatch(
      {
        method: 'POST',
        path: connection.targetOf(url),
        headers: connection.headersFor(url, request.headers),
        body: request.body,
      },
      handler,
    );
  });
}

/** undici would send the request again: that is for the one who calls, who counts the tries. */
class StreamRefused extends Error {
  readonly code = 'STREAM_REFUSED';
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
  if (cause instanceof TransportError) return cause;
  const reason = reasonOf(cause);
  return started
    ? new TransportError('CONNECTION_LOST', `the connection to ${target} broke: ${reason}`, {
        bodyLeft,
        cause,
      })
    : new TransportError('CONNECTION_FAILED', `can't connect to ${target}: ${reason}`, { bodyLeft, cause });
}
