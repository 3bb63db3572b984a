import type { Socket } from 'node:net';

import { reasonOf } from './describe-failure.ts';
import { TransportError } from './transport.ts';

/** TunnelOptions says where a tunnel leads, and through what. */
export interface TunnelOptions {
  readonly proxy: URL;
  /** Where the proxy is to connect to: host and port. */
  readonly authority: string;
  readonly timeoutMs: number;
  /** Ends the attempt, and the tunnel. */
  readonly signal: AbortSignal;
}

/**
 * openTunnel asks a proxy for a connection to a receiver (RFC 9110, section 9.3.6, CONNECT). Rejects with a
 * TransportError: nothing of a request left.
 */
export async function openTunnel(options: TunnelOptions): Promise<Socket> {
  const { proxy, authority, signal, timeoutMs } = options;
  const { request: send } = await (proxy.protocol === 'https:' ? import('node:https') : import('node:http'));
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const request = send({
    host: hostnameOf(proxy),
    port: proxy.port === '' ? undefined : proxy.port,
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...proxyAuthorization(proxy) },
    agent: false,
    signal,
    // For an https proxy: whatever NODE_TLS_REJECT_UNAUTHORIZED says.
    ...(proxy.protocol === 'https:' && { rejectUnauthorized: true }),
  });
  const timer = setTimeout(() => request.destroy(new ConnectTimeout()), timeoutMs);
  request.once('error', (cause) => reject(failure(proxy, reasonOf(cause), cause)));
  request.once('connect', (response, socket: Socket, head) => {
    const { statusCode = 0 } = response;
    if (statusCode >= 200 && statusCode < 300) {
      if (head.byteLength > 0) socket.unshift(head);
      resolve(socket);
      return;
    }
    socket.destroy();
    reject(failure(proxy, `it answered CONNECT with ${statusCode}`));
  });
  request.end();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

/** proxyAuthorization makes the header with the credentials in a proxy's URL, if there are some. */
export function proxyAuthorization(proxy: URL): Record<string, string> {
  if (proxy.username === '' && proxy.password === '') return {};
  const credentials = `${unescaped(proxy.username)}:${unescaped(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

class ConnectTimeout extends Error {
  readonly code = 'ETIMEDOUT';
}

function failure(proxy: URL, reason: string, cause?: unknown): TransportError {
  const message = `can't connect through the proxy ${proxy.host}: ${reason}`;
  return new TransportError('CONNECTION_FAILED', message, { bodyLeft: 'no', cause });
}

function hostnameOf(url: URL): string {
  return url.hostname.replace(/^\[(.+)\]$/, '$1');
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A lone "%" is meant as it is.
  }
}
