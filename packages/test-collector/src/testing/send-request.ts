import { once } from 'node:events';
import { type Agent, request as httpRequest } from 'node:http';
import { connect, type SecureClientSessionOptions } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import type { TlsOptions } from 'node:tls';

/** A request, and what a test wants to say about how it is sent. */
export interface SentRequest {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly agent?: Agent;
  readonly tls?: Pick<TlsOptions, 'ca' | 'cert' | 'key'>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | number | undefined>>;
  readonly body: Buffer;
}

/** send posts to a collector over HTTP/1.1; JSON unless the headers say otherwise. */
export async function send(url: string, options: SentRequest = {}): Promise<Answer> {
  const { path = '/v1/metrics', method = 'POST', headers = {}, body = '{}', agent, tls } = options;
  const length = 'transfer-encoding' in headers ? {} : { 'content-length': Buffer.byteLength(body) };
  const request = (url.startsWith('https') ? httpsRequest : httpRequest)(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...length, ...headers },
    ...(agent === undefined ? {} : { agent }),
    ...tls,
  });
  request.end(body);
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
  });
}

/** sendHttp2 posts over HTTP/2: by ALPN to an https URL, by prior knowledge to an http one. */
export async function sendHttp2(
  url: string,
  {
    path = '/v1/metrics',
    headers = {},
    body = '{}',
    tls,
  }: SentRequest & { tls?: SecureClientSessionOptions } = {},
): Promise<Answer> {
  const session = connect(url, tls ?? {});
  try {
    const failed = once(session, 'error').then(([error]) => Promise.reject(error as Error));
    failed.catch(() => {});
    const closed = once(session, 'close').then(() => Promise.reject(new Error('the session was closed')));
    closed.catch(() => {});
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/json',
      ...headers,
    });
    stream.end(body);
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    const [answerHeaders] = (await Promise.race([once(stream, 'response'), failed, closed])) as [
      Answer['headers'],
    ];
    await Promise.race([once(stream, 'end'), failed, closed]);
    return { status: Number(answerHeaders[':status']), headers: answerHeaders, body: Buffer.concat(chunks) };
  } finally {
    session.destroy();
  }
}
