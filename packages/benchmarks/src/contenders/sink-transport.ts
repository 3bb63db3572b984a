import type { Transport } from '@pqcnet/telemetry-exporter-otlp-http';

/** SinkTransport answers every request with 200 and counts what it was given. */
export interface SinkTransport extends Transport {
  requests: number;
  bytes: number;
  /** A copy of the bodies since it was set to an empty list; undefined keeps none. */
  bodies: Uint8Array[] | undefined;
}

/** makeSink makes a transport that sends nothing. As with the real one, a body may be written over once it is answered. */
export function makeSink(): SinkTransport {
  const nothing = new Uint8Array(0);
  return {
    releasesBody: true,
    requests: 0,
    bytes: 0,
    bodies: undefined,
    async send({ body }) {
      this.requests += 1;
      this.bytes += body.byteLength;
      this.bodies?.push(Uint8Array.from(body));
      return { status: 200, headers: {}, body: nothing, bodyTooLarge: false };
    },
    async close() {},
  };
}
