/** Pairs is what a variable of the form `key=value,key=value` says, or why it says nothing. */
export type Pairs =
  | { readonly ok: true; readonly pairs: readonly (readonly [string, string])[] }
  | { readonly ok: false; readonly reason: string };

/**
 * parsePairs reads `key=value,key=value` with percent-encoded values, as OTEL_RESOURCE_ATTRIBUTES and
 * OTEL_EXPORTER_OTLP_HEADERS have them (W3C Baggage without properties). One bad entry discards the whole. The
 * reason never quotes the text, since it may hold secrets.
 */
export function parsePairs(text: string, decode: { readonly keys: boolean }): Pairs {
  const pairs: [string, string][] = [];
  for (const [index, entry] of text.split(',').entries()) {
    if (entry.trim() === '') continue;
    const separator = entry.indexOf('=');
    if (separator === -1) return { ok: false, reason: `entry ${index + 1} has no "="` };
    const rawKey = entry.slice(0, separator).trim();
    const key = decode.keys ? decodePercent(rawKey) : rawKey;
    const value = decodePercent(entry.slice(separator + 1).trim());
    if (key === '') return { ok: false, reason: `entry ${index + 1} has no key` };
    if (key === undefined || value === undefined) {
      return { ok: false, reason: `entry ${index + 1} is not percent-encoded correctly` };
    }
    pairs.push([key, value]);
  }
  return { ok: true, pairs };
}

function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
