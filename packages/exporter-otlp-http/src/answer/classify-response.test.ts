import { describe, expect, test } from 'vitest';

import type { TransportResponse } from '../transport/transport.ts';
import { classifyResponse } from './classify-response.ts';

const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/x-protobuf';

function respond(
  status: number,
  body: string | readonly number[] = '',
  headers: Readonly<Record<string, string>> = {},
): TransportResponse {
  return { status, headers, body: Buffer.from(body as string), bodyTooLarge: false };
}

function classify(response: TransportResponse, contentType: string = JSON_TYPE): object {
  return classifyResponse(response, { contentType, dataPoints: 10, nowUnixMs: 1000 });
}

const type = (value: string): Readonly<Record<string, string>> => ({ 'content-type': value });
const protobufString = (field: number, text: string): number[] => [
  field * 8 + 2,
  Buffer.byteLength(text),
  ...Buffer.from(text),
];

describe('a success', () => {
  const partial = [8, 3, ...protobufString(2, 'too old')];
  /** The first nine bytes of the longest varint. */
  const nineBytes = Array.from({ length: 9 }, () => 0xff);
  // Its first bytes are a line break and a `<`, as in a web page.
  const sixtyBytes = [8, 1, ...protobufString(2, 'x'.repeat(56))];

  test.each<readonly [string, TransportResponse, string, object]>([
    ['an empty body', respond(200), JSON_TYPE, { status: 'accepted' }],
    ['204', respond(204), PROTOBUF_TYPE, { status: 'accepted' }],
    ['an empty JSON object', respond(200, '{}', type(JSON_TYPE)), JSON_TYPE, { status: 'accepted' }],
    [
      'a type with parameters',
      respond(200, '{}', type('Application/JSON; charset=utf-8')),
      JSON_TYPE,
      { status: 'accepted' },
    ],
    [
      'JSON where protobuf was asked for',
      respond(200, '{}', type(JSON_TYPE)),
      PROTOBUF_TYPE,
      { status: 'accepted' },
    ],
    ...['Application/JSON', 'application/json ; charset=utf-8', ' application/json', 'text/plain'].map(
      (named) =>
        [
          `JSON called ${named} where protobuf was asked for`,
          respond(200, '{"partialSuccess":{"rejectedDataPoints":"3"}}', type(named)),
          PROTOBUF_TYPE,
          { status: 'partial', rejectedDataPoints: 3 },
        ] as const,
    ),
    ['no type', respond(200, '{}'), JSON_TYPE, { status: 'accepted' }],
    [
      'unknown fields',
      respond(200, [16, 1, 26, 1, 0], type(PROTOBUF_TYPE)),
      PROTOBUF_TYPE,
      { status: 'accepted' },
    ],
    [
      'a partial success in JSON',
      respond(200, '{"partialSuccess":{"rejectedDataPoints":"3","errorMessage":"too old"}}', type(JSON_TYPE)),
      JSON_TYPE,
      { status: 'partial', rejectedDataPoints: 3, message: 'too old' },
    ],
    [
      'a partial success in protobuf',
      respond(200, [10, partial.length, ...partial], type(PROTOBUF_TYPE)),
      PROTOBUF_TYPE,
      { status: 'partial', rejectedDataPoints: 3, message: 'too old' },
    ],
    [
      'a partial success between unknown fields of all wire types',
      respond(
        200,
        [
          16,
          ...nineBytes,
          1,
          25,
          1,
          2,
          3,
          4,
          5,
          6,
          7,
          8,
          37,
          1,
          2,
          3,
          4,
          10,
          partial.length,
          ...partial,
          18,
          2,
          8,
          9,
        ],
        type(PROTOBUF_TYPE),
      ),
      PROTOBUF_TYPE,
      { status: 'partial', rejectedDataPoints: 3, message: 'too old' },
    ],
    [
      'a negative number of rejected points in protobuf',
      respond(200, [10, 11, 8, ...nineBytes, 1], type(PROTOBUF_TYPE)),
      PROTOBUF_TYPE,
      { status: 'accepted' },
    ],
    [
      'a field that has no number',
      respond(200, [0, 0], type(PROTOBUF_TYPE)),
      PROTOBUF_TYPE,
      { status: 'accepted', warning: expect.any(String) },
    ],
    ['an empty body of another type', respond(200, '', type('text/html')), JSON_TYPE, { status: 'accepted' }],
    [
      'a partial success that begins like a page',
      respond(200, [10, sixtyBytes.length, ...sixtyBytes], type(PROTOBUF_TYPE)),
      PROTOBUF_TYPE,
      { status: 'partial', rejectedDataPoints: 1 },
    ],
    [
      'more points rejected than were sent',
      respond(200, '{"partialSuccess":{"rejectedDataPoints":99}}', type(JSON_TYPE)),
      JSON_TYPE,
      { status: 'partial', rejectedDataPoints: 10, message: '' },
    ],
    [
      'a negative number of rejected points',
      respond(200, '{"partialSuccess":{"rejectedDataPoints":-1}}', type(JSON_TYPE)),
      JSON_TYPE,
      { status: 'accepted' },
    ],
    [
      'a message without rejected points',
      respond(200, '{"partialSuccess":{"errorMessage":"slow\\ndown"}}', type(JSON_TYPE)),
      JSON_TYPE,
      { status: 'accepted', warning: 'slow down' },
    ],
    [
      'garbage of the type asked for',
      respond(200, '{{', type(JSON_TYPE)),
      JSON_TYPE,
      { status: 'accepted', warning: expect.any(String) },
    ],
    [
      'a truncated message',
      respond(200, [10, 99], type(PROTOBUF_TYPE)),
      PROTOBUF_TYPE,
      { status: 'accepted', warning: expect.any(String) },
    ],
    [
      'garbage without a type',
      respond(200, 'OK'),
      JSON_TYPE,
      { status: 'accepted', warning: expect.any(String) },
    ],
    [
      'a page',
      respond(200, '<!doctype html><title>Sign\nin</title>', type('text/html')),
      JSON_TYPE,
      {
        status: 'rejected',
        error: {
          code: 'RESPONSE_NOT_OTLP',
          message: 'HTTP 200 with a body that is no OTLP answer (text/html): Sign in',
        },
      },
    ],
    [
      'a page without a type',
      respond(200, ' <html>'),
      JSON_TYPE,
      {
        status: 'rejected',
        error: {
          code: 'RESPONSE_NOT_OTLP',
          message: expect.stringContaining('no OTLP answer (no type)'),
        },
      },
    ],
    [
      'JSON called a page',
      respond(200, '{}', type('application/xhtml+xml')),
      JSON_TYPE,
      { status: 'rejected', error: { code: 'RESPONSE_NOT_OTLP' } },
    ],
    [
      'a page in disguise',
      respond(200, '<html>', type(JSON_TYPE)),
      JSON_TYPE,
      { status: 'rejected', error: { code: 'RESPONSE_NOT_OTLP' } },
    ],
    [
      'text of another type',
      respond(200, 'OK', type('text/plain')),
      JSON_TYPE,
      { status: 'rejected', error: { code: 'RESPONSE_NOT_OTLP' } },
    ],
    [
      'a body too large',
      { ...respond(200), bodyTooLarge: true },
      JSON_TYPE,
      { status: 'rejected', error: { code: 'RESPONSE_TOO_LARGE' } },
    ],
  ])('with %s', (_title, response, contentType, expected) => {
    expect(classify(response, contentType)).toMatchObject(expected);
  });
});

describe('a failure', () => {
  test.each([
    ...[401, 403, 404, 405, 407].map((status) => [status, 'refused'] as const),
    ...[429, 502, 503, 504].map((status) => [status, 'ambiguous'] as const),
    ...[300, 301, 304, 308, 400, 402, 406, 408, 409, 410, 413, 415, 422, 431, 500, 501, 505, 511, 599].map(
      (status) => [status, 'rejected'] as const,
    ),
  ])('with status %i is %s', (status, outcome) => {
    expect(classify(respond(status))).toMatchObject({
      status: outcome,
      error: { code: 'HTTP_STATUS', status },
    });
  });

  test.each([
    ['a JSON status', '{"code":3,"message":"bad tenant"}', type(JSON_TYPE), 'HTTP 400: bad tenant'],
    ['a JSON status of another type', '{"message":"bad tenant"}', type('text/plain'), 'HTTP 400: bad tenant'],
    ['an error member', '{"error":"bad tenant"}', {}, 'HTTP 400: bad tenant'],
    [
      'a protobuf status',
      [8, 3, ...protobufString(2, 'bad tenant')],
      type(PROTOBUF_TYPE),
      'HTTP 400: bad tenant',
    ],
    ['a protobuf status without a message', [8, 3], type(PROTOBUF_TYPE), 'HTTP 400'],
    ['text called protobuf', 'bad tenant', type(PROTOBUF_TYPE), 'HTTP 400: bad tenant'],
    ['plain text', 'bad\n tenant\u0007', {}, 'HTTP 400: bad tenant\\u{7}'],
    ['a page', '<html><title>Bad gateway</title>', type('text/html'), 'HTTP 400: Bad gateway'],
    ['no body', '', {}, 'HTTP 400'],
  ])('tells what %s says', (_title, body, headers, message) => {
    expect(classify(respond(400, body, headers))).toHaveProperty('error.message', message);
  });

  test.each([300, 302, 399])('with status %i says that redirects are not followed', (status) => {
    expect(classify(respond(status))).toHaveProperty(
      'error.message',
      `HTTP ${status}: redirects are not followed`,
    );
  });

  test('keeps to the Retry-After of a status that may be tried again, and of no other', () => {
    const headers = { 'retry-after': '2' };
    expect(classify(respond(429, '', headers))).toHaveProperty('notBeforeUnixMs', 3000);
    expect(classify(respond(503, '', { 'retry-after': 'soon' }))).not.toHaveProperty('notBeforeUnixMs');
    expect(classify(respond(400, '', headers))).not.toHaveProperty('notBeforeUnixMs');
  });

  test('with an answer too large is final', () => {
    expect(classify({ ...respond(503), bodyTooLarge: true })).toMatchObject({
      status: 'rejected',
      error: { code: 'RESPONSE_TOO_LARGE', status: 503 },
    });
  });
});
