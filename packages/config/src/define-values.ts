import * as z from 'zod/mini';

/** endpointSchema checks a base URL, to which a path can be appended. */
export function endpointSchema(): z.ZodMiniType<string> {
  return z.string().check(z.superRefine((text, context) => report(context, text, endpointFault(text))));
}

/** httpUrlFault says what keeps text from being a URL that requests can be sent to; undefined when nothing does. */
export function httpUrlFault(text: string): string | undefined {
  if (!/^https?:\/\/[^\s\\/?#]/i.test(text) || /[\s\\]/.test(text) || !URL.canParse(text)) {
    return 'an http or https URL, such as "http://localhost:4318"';
  }
  // Anywhere: an unescaped "/" in a password would make the user name a host and the password a path.
  if (text.includes('@')) {
    return 'a URL without user name and password: put credentials into a header';
  }
  if (text.includes('#')) return 'a URL without a fragment (#…)';
  return undefined;
}

function endpointFault(text: string): string | undefined {
  return (
    httpUrlFault(text) ??
    (text.includes('?') ? 'a base URL without a query (?…), since a path is appended' : undefined)
  );
}

// What frames a request is the exporter's to say: another value would break the request or smuggle a second one.
const framing = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** headerNameSchema checks a header's name (RFC 9110, section 5.1) that is not the exporter's own to send. */
export function headerNameSchema(): z.ZodMiniType<string> {
  return z.string().check(
    z.regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/),
    z.superRefine((name, context) => {
      if (framing.has(name.toLowerCase()))
        report(context, name, 'another header: the exporter sends this one itself');
    }),
  );
}

/** headerValueSchema checks a header's value (RFC 9110, section 5.5): no line break, nothing that is not Latin-1. */
export function headerValueSchema(): z.ZodMiniType<string> {
  return z.string().check(z.regex(/^[\t\x20-\x7e\x80-\xff]*$/));
}

/** increasingSchema checks the bounds of a histogram. */
export function increasingSchema(): z.ZodMiniType<readonly number[]> {
  return z.array(z.number()).check(
    z.maxLength(1000),
    z.superRefine(
      (bounds, context) => {
        for (const [index, bound] of bounds.entries()) {
          const before: unknown = bounds[index - 1];
          if (typeof before !== 'number' || typeof bound !== 'number' || bound > before) continue;
          report(context, bound, `a number greater than the one before it (${before})`, [index]);
        }
      },
      // Also beside items that are no numbers, so that every problem is named at once.
      { when: (payload) => Array.isArray(payload.value) },
    ),
  );
}

function report(
  context: z.core.$RefinementCtx,
  input: unknown,
  expected: string | undefined,
  path: number[] = [],
): void {
  if (expected !== undefined) context.issues.push({ code: 'custom', input, message: expected, path });
}
