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
export async function sendWithin(
  transport: Transport,
  request: TransportRequest,
): Promise<TransportResponse> {
  const { signal } = request;
  const { promise, resolve, reject } = Promise.withResolvers<TransportResponse>();
  async function expire(): Promise<void> {
    await nextTurn();
    const message = `no complete answer came from ${request.url.host} in time`;
    reject(new TransportError('DEADLINE_EXCEEDED', message, { bodyLeft: 'unknown', cause: signal.reason }));
  }
  const onAbort = (): void => void expire();
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    transport.send(request).then(resolve, reject);
    return await promise;
  } catch (error) {
    if (error instanceof TransportError) throw error;
    const message = `the transport failed while it sent to ${request.url.host}`;
    throw new TransportError('TRANSPORT_FAILED', message, { bodyLeft: 'unknown', cause: error });
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
