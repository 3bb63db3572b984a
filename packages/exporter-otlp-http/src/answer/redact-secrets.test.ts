import { expect, test } from 'vitest';

import { redactSecrets, secretsIn } from './redact-secrets.ts';

const secrets = secretsIn({ authorization: 'Bearer abcdef123', 'x-short': 'abc' });

test('takes secrets out of the body and the headers of an answer', () => {
  const response = {
    status: 400,
    headers: { 'x-echo': 'got Bearer abcdef123' },
    body: Buffer.from('bad token abcdef123 ü'),
    bodyTooLarge: false,
  };
  const redacted = redactSecrets(response, secrets);
  expect(redacted.headers).toEqual({ 'x-echo': 'got [redacted]' });
  expect(Buffer.from(redacted.body).toString()).toBe('bad token [redacted] ü');
});

test('leaves an answer without them as it is, whatever its bytes', () => {
  const response = { status: 200, headers: {}, body: Uint8Array.of(0xff, 0, 0x61), bodyTooLarge: false };
  expect(redactSecrets(response, secrets)).toBe(response);
});
