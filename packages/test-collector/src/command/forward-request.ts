import { messageOf } from '../collector-error.ts';
import type { ReceivedRequest } from '../received-request.ts';

/** How a request that was sent on was answered: its status, or why it was not. */
export type ForwardOutcome = { readonly status: number } | { readonly failure: string };

/** Headers that belong to one connection (RFC 9110, section 7.6.1), or that the client makes anew. */
const ownHeaders = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** forwardRequest sends the bytes of a request, as they came, to another OTLP endpoint; it never rejects. */
export async function forwardRequest(
  request: ReceivedRequest,
  { base, timeoutMs = 10_000 }: { base: URL; timeoutMs?: number },
): Promise<ForwardOutcome> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || name.startsWith(':') || ownHeaders.has(name)) continue;
    headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  try {
    const answer = await fetch(`${base.href.replace(/\/$/, '')}${request.path}`, {
      method: 'POST',
      headers,
      body: new Uint8Array(request.rawBody),
      redirect: 'manual', // credentials go to the URL that was given, and nowhere else
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body?.cancel();
    return { status: answer.status };
  } catch (error) {
    const { cause } = error instanceof Error ? error : { cause: undefined };
    return { failure: cause === undefined ? messageOf(error) : messageOf(cause) };
  }
}
