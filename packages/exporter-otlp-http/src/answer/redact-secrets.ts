import type { TransportResponse } from '../transport/transport.ts';

/** Shorter ones occur by chance, and are no secret to speak of. */
const shortestSecret = 6;

/**
 * secretsIn gives what must not be shown of headers: their values, and of one such as `Bearer abc` the part behind the
 * scheme, too.
 */
export function secretsIn(headers: Readonly<Record<string, string>> = {}): readonly string[] {
  return Object.values(headers)
    .flatMap((value) => [value, value.split(' ').at(-1) ?? ''])
    .filter((secret) => secret.length >= shortestSecret);
}

/** redactSecrets takes out of an answer what the receiver repeats of the request's secrets, before anyone reads it. */
export function redactSecrets(response: TransportResponse, secrets: readonly string[]): TransportResponse {
  if (secrets.length === 0) return response;
  const body = Buffer.from(response.body.buffer, response.body.byteOffset, response.body.byteLength);
  const isRepeated = secrets.some(
    (secret) =>
      body.includes(secret) || Object.values(response.headers).some((value) => value.includes(secret)),
  );
  if (!isRepeated) return response;
  const redact = (text: string): string =>
    secrets.reduce((redacted, secret) => redacted.replaceAll(secret, '[redacted]'), text);
  const headers = Object.entries(response.headers).map(([name, value]) => [name, redact(value)] as const);
  return {
    ...response,
    headers: Object.fromEntries(headers),
    body: Buffer.from(redact(body.toString('utf8')), 'utf8'),
  };
}
