import { selfSignedCertificate, TestCollector } from '@pqcnet/telemetry-test-collector';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Compression } from './compress-body.ts';
import type { OtlpProtocol } from './exporter-options.ts';
import { OtlpHttpExporter } from './otlp-http-exporter.ts';
import { metricOf, seriesOf, snapshotOf, sumPoint } from './testing/snapshot-of.ts';
import { fetchTransport } from './transport/fetch-transport.ts';
import type { Transport } from './transport/transport.ts';
import { undiciTransport } from './transport/undici-transport.ts';

const pair = selfSignedCertificate();
const trusted = getCACertificates('default');
let plain: TestCollector;
let overTls: TestCollector;
beforeAll(async () => {
  setDefaultCACertificates([...trusted, pair.cert]);
  plain = await TestCollector.start();
  overTls = await TestCollector.start({ tls: pair });
});
afterAll(async () => {
  setDefaultCACertificates(trusted);
  await plain.close();
  await overTls.close();
});

const ingest = metricOf('counter', { name: 'ingest' });
const points = Array.from({ length: 300 }, (_, index) =>
  sumPoint(seriesOf(ingest, { index, chain: 'é🚀' }), index),
);

const protocols: readonly OtlpProtocol[] = ['http/json', 'http/protobuf'];
const compressions: readonly Compression[] = ['none', 'gzip', 'zstd'];
const transports = {
  undiciTransport: () => undiciTransport(),
  'undiciTransport of HTTP/2': () => undiciTransport({ httpVersion: '2' }),
  fetchTransport: () => fetchTransport(),
} satisfies Readonly<Record<string, () => Transport>>;
/** What each speaks with a collector that speaks both; fetch over TLS speaks what the runtime likes. */
const spoken = [
  ['undiciTransport', 'plain', ['1.1']],
  ['undiciTransport', 'TLS', ['1.1']],
  ['undiciTransport of HTTP/2', 'TLS', ['2.0']],
  ['fetchTransport', 'plain', ['1.1']],
  ['fetchTransport', 'TLS', ['1.1', '2.0']],
] as const;
const ways = spoken.flatMap(([title, where, versions]) =>
  protocols.flatMap((protocol) =>
    compressions.map((compression) => ({ title, where, versions, protocol, compression })),
  ),
);

test.each(ways)(
  '$title, $where, $protocol, $compression: each request says its length, is not chunked, and arrives whole',
  async ({ title, where, versions, protocol, compression }) => {
    const collector = where === 'TLS' ? overTls : plain;
    collector.reset();
    const url = `${collector.url}/v1/metrics`;
    const options = { url, protocol, compression, maxRequestBytes: 20_000, transport: transports[title]() };
    const exporter = new OtlpHttpExporter(options);
    const signal = new AbortController().signal;
    const report = await exporter.export(snapshotOf({ points }), { timeoutMs: 60_000, signal });
    await exporter.shutdown();

    const parts = 'parts' in report ? report.parts : [{ outcome: report }];
    expect(parts.map(({ outcome }) => outcome.status)).toEqual(parts.map(() => 'accepted'));
    expect(collector.requests).toHaveLength(parts.length);
    for (const { headers, rawBody, body, ...request } of collector.requests) {
      expect(request.httpVersion).toBeOneOf([...versions]);
      expect(headers['content-length']).toBe(String(rawBody.byteLength));
      expect(headers['transfer-encoding']).toBeUndefined();
      expect(headers['content-type']).toBe(
        protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
      );
      expect(headers['content-encoding']).toBe(compression === 'none' ? undefined : compression);
      expect(body?.byteLength).toBeLessThanOrEqual(20_000);
    }
    expect(collector.metrics().map((point) => ('value' in point ? point.value : undefined))).toEqual(
      points.map((_, index) => BigInt(index)),
    );
  },
);

test.each(compressions)("a transport of one's own is told the length, too: %s", async (compression) => {
  const told: { length: string | undefined; bytes: string }[] = [];
  const transport: Transport = {
    async send({ headers, body }) {
      told.push({ length: headers['content-length'], bytes: String(body.byteLength) });
      return { status: 200, headers: {}, body: new Uint8Array(0), bodyTooLarge: false };
    },
    async close() {},
  };
  const exporter = new OtlpHttpExporter({ url: `${plain.url}/v1/metrics`, compression, transport });
  const signal = new AbortController().signal;
  await exporter.export(snapshotOf({ points }), { timeoutMs: 60_000, signal });
  await exporter.shutdown();
  expect(told).toHaveLength(1);
  expect(told[0]?.length).toBe(told[0]?.bytes);
});
