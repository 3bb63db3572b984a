import { setImmediate as nextTurn } from 'node:timers/promises';

import {
  TransportError,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from './transport/transport.ts';

/**
 * sendWithin sends a request and settles by its signal even when the transport does not. A transport that does keep
 * to the signal is heard first, since it knows whether something left. It always rejects with a TransportError.
 */
export function sendWithin(transport: Transport, request: TransportRequest): Promise<TransportResponse> {
  const { signal } = request;
  const { promise, resolve, reject } = Promise.withResolvers<TransportResponse>();
  const onAbort = (): void => void expire(request).catch(reject);
  const onAnswer = (response: TransportResponse): void => {
    signal.removeEventListener('abort', onAbort);
    resolve(response);
  };
  const onFailure = (error: unknown): void => {
    signal.removeEventListener('abort', onAbort);
    reject(error instanceof TransportError ? error : transportFailed(request, error));
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, once);
  try {
    Promise.resolve(transport.send(request)).then(onAnswer, onFailure);
  } catch (error) {
    onFailure(error);
  }
  return promise;
}

const once = { once: true } as const;

async function expire({ url, signal }: TransportRequest): Promise<never> {
  await nextTurn();
  const message = `no complete answer came from ${url.host} in time`;
  throw new TransportError('DEADLINE_EXCEEDED', message, { bodyLeft: 'unknown', cause: signal.reason });
}

function transportFailed({ url }: TransportRequest, cause: unknown): TransportError {
  const message = `the transport failed while it sent to ${url.host}`;
  return new TransportError('TRANSPORT_FAILED', message, { bodyLeft: 'unknown', cause });
}
