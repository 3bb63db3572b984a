import { parseConfig } from '@pqcnet/telemetry-config';
import { describe, expect, test } from 'vitest';
import { adviseOn } from './advise.ts';
import type { ProbeReport } from './probe.ts';

function advise(report: Partial<ProbeReport>, toml = '', environment: Record<string, string> = {}): string {
  const known = {
    outcome: 'rejected',
    code: undefined,
    message: undefined,
    cause: undefined,
    httpStatus: undefined,
    location: undefined,
    ...report,
  } as const;
  return adviseOn(known, parseConfig(`[telemetry]\n${toml}`, { environment })).join('\n');
}

test('has nothing to say about what was accepted', () => {
  expect(advise({ outcome: 'accepted', httpStatus: 200 })).toBe('');
});

describe('for an answer', () => {
  test.each<[status: number, toml: string, advice: RegExp]>([
    [302, '', /^Redirects are not followed: .* endpoint = the address that it sends to\.$/],
    [400, 'protocol = "http/protobuf"', /its message or its log/],
    [
      400,
      'protocol = "http/protobuf"\ncompression = "zstd"',
      /^Perhaps it can't read zstd: try compression = "gzip"\.$/,
    ],
    [400, 'compression = "gzip"', /protocol = "http\/protobuf"\.\n.* try compression = "none"/],
    [401, '', /^No credentials were sent/],
    [403, 'headers = { api-key = "x", b = "y" }', /Sent were: api-key, b\.$/],
    [
      404,
      'endpoint = "http://localhost:9090/x/"',
      /^Nothing takes metrics at localhost:9090\/x\/v1\/metrics\.\n.*\/api\/v1\/otlp/,
    ],
    [405, 'endpoint = "http://localhost:9090/v1/metrics/"', /\nendpoint already ends in \/v1\/metrics/],
    [407, '', /^The proxy wants credentials/],
    [413, '', /too large/],
    [415, 'protocol = "http/protobuf"\ncompression = "gzip"', /^Perhaps it can't read gzip/],
    [429, '', /takes no more for now/],
    [502, '', /not ready/],
    [500, '', /^The collector failed on the request/],
    [500, 'temporality = "delta"', /^Prometheus answers so to deltas .*temporality = "cumulative"\.\n/],
  ])('of %i to %j', (httpStatus, toml, advice) => {
    expect(advise({ httpStatus, code: 'HTTP_STATUS' }, toml)).toMatch(advice);
  });

  test('that asks for TLS', () => {
    const message = 'HTTP 400: Client sent an HTTP request to an HTTPS server.';
    expect(advise({ httpStatus: 400, message })).toBe(
      'The port speaks TLS: begin the endpoint with https://.',
    );
  });

  test.each([
    ['HTTP 400: unsupported path requested: "/v1/metrics"', '', /^Nothing takes metrics at/],
    [
      'HTTP 400: unsupported compression: zstd',
      'compression = "zstd"',
      /^Perhaps it can't read zstd.*"gzip"\.$/,
    ],
    ['HTTP 400: unsupported compression: zstd', '', /protocol = "http\/protobuf"\.$/],
  ])('of 400 that says %s', (message, toml, advice) => {
    expect(advise({ httpStatus: 400, message }, toml)).toMatch(advice);
  });

  test('that is none of OTLP', () => {
    expect(advise({ httpStatus: 200, code: 'RESPONSE_NOT_OTLP' })).toMatch(
      /^Something else .*\nendpoint is a base URL/,
    );
  });
});

describe('for a connection', () => {
  test.each<[cause: string, advice: RegExp]>([
    ['ECONNREFUSED', /^Nothing listens there/],
    ['ENOTFOUND', /^No such host/],
    ['UND_ERR_CONNECT_TIMEOUT', /^No way leads there/],
    ['CERT_HAS_EXPIRED', /has expired/],
    ['CERT_NOT_YET_VALID', /not valid yet/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /for another name/],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /ca-file\.$/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /ca-file\.$/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /cert-file and key-file\.$/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /does not speak TLS/],
    ['constructor', /^$/],
  ])('that failed by %s', (cause, advice) => {
    expect(advise({ outcome: 'not-delivered', code: 'CONNECTION_FAILED', cause })).toMatch(advice);
  });

  test('that was cut', () => {
    const lost = { outcome: 'ambiguous', code: 'CONNECTION_LOST', cause: 'ECONNRESET' } as const;
    expect(advise(lost)).toMatch(/begin the endpoint with https:\/\/\.$/);
    expect(advise(lost, 'endpoint = "https://a"')).toMatch(/not one for OTLP over HTTP\.$/);
  });

  test('to the port of gRPC, through a proxy or a socket', () => {
    const refused = { outcome: 'not-delivered', code: 'CONNECTION_FAILED', cause: 'ECONNREFUSED' } as const;
    expect(advise(refused, 'endpoint = "http://localhost:4317"')).toMatch(
      /\n4317 is the usual port of OTLP over gRPC/,
    );
    const proxied = { https_proxy: 'http://proxy:3128' };
    expect(advise(refused, 'endpoint = "https://a"', proxied)).toMatch(/\nA proxy is set/);
    expect(advise(refused, 'endpoint = "http://a"', proxied)).not.toMatch(/proxy/);
    expect(advise(refused, 'socket-path = "/run/otel.sock"', proxied)).toBe(
      'Connections go to the socket /run/otel.sock: does the collector listen on it?',
    );
  });
});
