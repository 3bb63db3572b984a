/** MAX_RETRY_AFTER_MS bounds what a receiver can ask for: 5 minutes. */
const MAX_RETRY_AFTER_MS: number = 5 * 60 * 1000;

/**
 * parseRetryAfter reads a Retry-After header, in seconds or as an HTTP date, into the time before which no request
 * may be made (milliseconds since the Unix epoch), clamped to MAX_RETRY_AFTER_MS from now. `undefined` when the header
 * is missing, unreadable, zero or in the past.
 *
 * Source: RFC 9110, section 10.2.3.
 */
export function parseRetryAfter(header: string | undefined, nowUnixMs: number): number | undefined {
  const text = header?.trim();
  if (text === undefined || text === '') return undefined;
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : parseHttpDate(text) - nowUnixMs;
  if (!(waitMs > 0)) return undefined;
  return nowUnixMs + Math.min(waitMs, MAX_RETRY_AFTER_MS);
}

/** parseHttpDate gives NaN for what is no HTTP date: Date.parse alone would read numbers such as `-1` or `1.5`. */
function parseHttpDate(text: string): number {
  return /^[A-Za-z]{3,9}(,|\s)/.test(text) ? Date.parse(text) : Number.NaN;
}
