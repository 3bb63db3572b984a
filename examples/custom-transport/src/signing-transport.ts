import { createHmac } from 'node:crypto';
import {
  TransportError,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from '@pqcnet/telemetry-exporter-otlp-http';

/** signatureHeader holds `sha256=` and the HMAC-SHA256 of the body as it goes over the wire, in hex. */
export const signatureHeader = 'x-body-signature';

/** SigningTransportOptions says what signs, and what sends. */
export interface SigningTransportOptions {
  /** What brings the signed requests to the receiver. */
  readonly inner: Transport;
  /** Gives the key, asked for each request so that it can change. Ends by the signal. */
  readonly readKey: (signal: AbortSignal) => Promise<string | Uint8Array>;
}

/** signingTransport puts a signature of the body into a header of every request and has another transport send it. */
export function signingTransport({ inner, readKey }: SigningTransportOptions): Transport {
  return {
    // Nothing here holds on to a body, so this is for the one who sends it to say.
    releasesBody: inner.releasesBody ?? false,

    async send(request: TransportRequest): Promise<TransportResponse> {
      const signature = await sign(request, readKey);
      // What goes wrong from here on, `inner` knows best: its TransportError passes through.
      return inner.send({ ...request, headers: { ...request.headers, [signatureHeader]: signature } });
    },

    close: () => inner.close(),
  };
}

async function sign(
  { body, signal }: TransportRequest,
  readKey: SigningTransportOptions['readKey'],
): Promise<string> {
  try {
    return signatureOf(body, await readKey(signal));
  } catch (cause) {
    // Nothing was sent yet, and to say so is what keeps the data: only this transport can know.
    const reason = cause instanceof Error ? cause.name : 'unknown reason';
    throw new TransportError('TRANSPORT_FAILED', `can't sign the request: ${reason}`, {
      bodyLeft: 'no',
      cause,
    });
  }
}

/** signatureOf gives what `signatureHeader` must be for a body: a receiver compares the two with timingSafeEqual. */
export function signatureOf(body: Uint8Array, key: string | Uint8Array): string {
  return `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
}
