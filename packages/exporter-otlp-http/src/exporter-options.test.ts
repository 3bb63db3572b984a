import { expect, test } from 'vitest';

import type { OtlpHttpExporterOptions } from './exporter-options.ts';
import { OtlpHttpExporter } from './otlp-http-exporter.ts';
import { type UndiciTransportOptions, undiciTransport } from './transport/undici-transport.ts';

const url = 'http://localhost:4318/v1/metrics';

test.each<[string, unknown, RegExp]>([
  ['no options', undefined, /no object, expected one with a url/],
  ['null as options', null, /no object, expected one with a url/],
  ['headers that are no object', { url, headers: null }, /headers is no object/],
  ['headers of fetch', { url, headers: new Headers({ a: 's3cret' }) }, /headers is no object/],
  ['a transport that can’t send', { url, transport: {} }, /transport has no method send/],
  ['null as the transport', { url, transport: null }, /transport has no method send/],
  ['no URL', { url: 'collector' }, /url is no URL/],
  ['another scheme', { url: 'grpc://collector' }, /url begins with grpc:/],
  [
    'credentials in the URL',
    { url: 'http://user:s3cret@collector/' },
    /url has credentials in it \(collector\)/,
  ],
  [
    'an unknown protocol',
    { url, protocol: 'grpc' },
    /protocol is "grpc", expected one of http\/json, http\/protobuf/,
  ],
  ['an unknown compression', { url, compression: 'br' }, /compression is "br"/],
  ['an unknown label placement', { url, labelPlacement: 'none' }, /labelPlacement is "none"/],
  ['an unknown temporality', { url, temporality: 'Delta' }, /temporality is "Delta"/],
  ['no size', { url, maxRequestBytes: 0 }, /maxRequestBytes is 0/],
  ['a fraction of a byte', { url, maxRequestBytes: 1.5 }, /maxRequestBytes is 1.5/],
  ['a header name with a blank', { url, headers: { 'x y': 's3cret' } }, /headers has the name "x y"/],
  [
    'a header value with a line break',
    { url, headers: { authorization: 's3cret\r\nx: y' } },
    /the header authorization has a value/,
  ],
  [
    'a header value that is no text',
    { url, headers: { authorization: 5 } },
    /the header authorization has a value/,
  ],
  [
    'a header that is the exporter’s',
    { url, headers: { 'Content-Type': 's3cret' } },
    /headers sets content-type/,
  ],
  ['a user agent with a line break', { url, userAgent: 'a\nb' }, /userAgent/],
])('the exporter refuses %s', (_title, options, message) => {
  const make = (): OtlpHttpExporter => new OtlpHttpExporter(options as OtlpHttpExporterOptions);
  expect(make).toThrow(message);
  expect(make).toThrow(expect.objectContaining({ code: 'INVALID_EXPORTER_OPTIONS' }));
  expect(make).not.toThrow(/s3cret/);
});

test.each([0, -1, Number.NaN, Infinity])(
  'the transport refuses a keep-alive time of %s',
  (keepAliveTimeoutMs) => {
    expect(() => undiciTransport({ keepAliveTimeoutMs })).toThrow(/keepAliveTimeoutMs/);
  },
);

test('the transport refuses options that are no object', () => {
  expect(() => undiciTransport(null as unknown as UndiciTransportOptions)).toThrow(
    expect.objectContaining({ code: 'INVALID_EXPORTER_OPTIONS' }),
  );
});
