import { TOO_LARGE } from './collect-body.ts';
import { dispatchRequest } from './dispatch-request.ts';
import { inflateBody } from './inflate-body.ts';
import type { TransportRequest, TransportResponse } from './transport.ts';
import type { Connection } from './undici-connection.ts';

// What undici is needed for, and undici with it: the transport imports this file at the first send.
export { Connection } from './undici-connection.ts';

/** sendOverConnection sends one request, once, and reads its answer. Rejects with a TransportError. */
export async function sendOverConnection(
  connection: Connection,
  request: TransportRequest,
): Promise<TransportResponse> {
  const { status, headers, raw, tooLarge } = await dispatchRequest(connection, request);
  const { body, bodyTooLarge } = tooLarge ? TOO_LARGE : await inflateBody(raw, headers['content-encoding']);
  return { status, headers, body, bodyTooLarge };
}
