import { inspect } from 'node:util';

import { describe, expect, test } from 'vitest';

import { fetchTransport } from './fetch-transport.ts';
import type { TransportRequest } from './transport.ts';

function request(): TransportRequest {
  return {
    url: new URL('https://collector:4318/v1/metrics?token=s3cret'),
    headers: { 'content-type': 'application/json', 'content-length': '2', authorization: 's3cret' },
    body: Buffer.from('{}'),
    signal: AbortSignal.timeout(20_000),
  };
}

/** An error as another runtime's fetch throws it. */
function failure(message: string, properties: object = {}, cause?: object): Error {
  return Object.assign(new TypeError(message, { cause }), properties);
}

describe('a failure of fetch', () => {
  const circle = new Error('s3cret');
  circle.cause = circle;
  const unreachable = { code: 'EHOSTUNREACH' };
  test.each<[string, Error, 'no' | 'unknown', string]>([
    [
      'that Node knows to be one of the connect is sure',
      failure('fetch failed', {}, Object.assign(new Error(), { ...unreachable, syscall: 'connect' })),
      'no',
      "can't connect to collector:4318: EHOSTUNREACH",
    ],
    [
      'of a connection that was there is not',
      failure('fetch failed', {}, Object.assign(new Error(), { ...unreachable, syscall: 'read' })),
      'unknown',
      'the connection to collector:4318 broke: EHOSTUNREACH',
    ],
    [
      "of Bun's is not, since it sends again by itself",
      failure('Unable to connect to https://collector:4318/?token=s3cret', { code: 'ConnectionRefused' }),
      'unknown',
      'the connection to collector:4318 broke: ConnectionRefused',
    ],
    [
      "of Deno's, which is but a text with the URL, is not",
      failure('error sending request for url (https://collector:4318/?token=s3cret): client error (Connect)'),
      'unknown',
      'the connection to collector:4318 broke: TypeError',
    ],
    [
      'whose causes go in a circle is read to an end',
      failure('s3cret', {}, circle),
      'unknown',
      'the connection to collector:4318 broke: TypeError',
    ],
    [
      'with a code that is a text is not shown it',
      failure('s3cret', { code: 'header s3cret is wrong' }),
      'unknown',
      'the connection to collector:4318 broke: TypeError',
    ],
  ])('%s', async (_title, thrown, bodyLeft, message) => {
    const fetch = (): Promise<Response> => Promise.reject(thrown);
    const outcome: unknown = await fetchTransport({ fetch })
      .send(request())
      .catch((error: unknown) => error);
    expect(outcome).toMatchObject({ name: 'TransportError', bodyLeft, message });
    expect(inspect(outcome, { depth: 9, showHidden: true })).not.toContain('s3cret');
  });
});

test('a redirect that a browser hides is a redirect all the same', async () => {
  const hidden = Object.defineProperties(new Response(), {
    type: { value: 'opaqueredirect' },
    status: { value: 0 },
  });
  const fetch = (): Promise<Response> => Promise.resolve(hidden);
  expect(await fetchTransport({ fetch }).send(request())).toMatchObject({ status: 302 });
});

test('fetch is left to count the body', async () => {
  const headers: string[] = [];
  const fetch = (_url: unknown, init?: RequestInit): Promise<Response> => {
    headers.push(...new Headers(init?.headers).keys());
    return Promise.resolve(new Response('{}'));
  };
  await fetchTransport({ fetch }).send(request());
  expect(headers).toEqual(['authorization', 'content-type']);
});
