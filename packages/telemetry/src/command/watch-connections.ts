import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { TLSSocket } from 'node:tls';

/** ConnectionReport is what is known of a connection that came about. */
export interface ConnectionReport {
  /** The other end: address and port, or undefined for a Unix socket. */
  readonly address: string | undefined;
  readonly httpVersion: '1.1' | '2';
  readonly tls: TlsReport | undefined;
}

/** TlsReport is how a connection is secured. */
interface TlsReport {
  /** Such as `TLSv1.3`. */
  readonly version: string | undefined;
  /** Whom the certificate is for. */
  readonly subject: string | undefined;
  /** Who signed it. */
  readonly issuer: string | undefined;
  /** Until when it is valid, as an ISO date. */
  readonly validTo: string | undefined;
}

/** watchConnections looks at the connections that undici makes, until it is stopped. */
export function watchConnections(): {
  stop(): { readonly connection: ConnectionReport | undefined; readonly beganMs: number | undefined };
} {
  let connection: ConnectionReport | undefined;
  let beganMs: number | undefined;
  const onBegin = (): void => void (beganMs ??= performance.now());
  const onConnected = (message: unknown): void => {
    if (typeof message !== 'object' || message === null || !('socket' in message)) return;
    if (message.socket instanceof Socket) connection = describeSocket(message.socket);
  };
  subscribe('undici:client:beforeConnect', onBegin);
  subscribe('undici:client:connected', onConnected);
  return {
    stop() {
      unsubscribe('undici:client:beforeConnect', onBegin);
      unsubscribe('undici:client:connected', onConnected);
      return { connection, beganMs };
    },
  };
}

function describeSocket(socket: Socket): ConnectionReport {
  const { remoteAddress, remoteFamily, remotePort } = socket;
  const host = remoteFamily === 'IPv6' ? `[${remoteAddress}]` : remoteAddress;
  const tls = socket instanceof TLSSocket ? socket : undefined;
  return {
    address: host === undefined ? undefined : `${host}:${remotePort}`,
    httpVersion: tls?.alpnProtocol === 'h2' ? '2' : '1.1',
    tls: tls && describeTls(tls),
  };
}

function describeTls(socket: TLSSocket): TlsReport {
  const { subject, issuer, valid_to: validTo } = socket.getPeerCertificate();
  return {
    version: socket.getProtocol() ?? undefined,
    subject: nameOf(subject),
    issuer: nameOf(issuer),
    validTo: validTo === undefined ? undefined : new Date(validTo).toISOString(),
  };
}

/** A distinguished name's common name, else its organization. */
function nameOf(
  name: { readonly CN?: string | string[]; readonly O?: string | string[] } | undefined,
): string | undefined {
  const found = name?.CN ?? name?.O;
  return Array.isArray(found) ? found.join(', ') : found;
}
