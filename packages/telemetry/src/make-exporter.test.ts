import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';

import { parseConfig, type TelemetryConfig } from '@pqcnet/telemetry-config';
import type { ExportReport } from '@pqcnet/telemetry-core';
import { selfSignedCertificate, TestCollector } from '@pqcnet/telemetry-test-collector';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import { makeExporter } from './make-exporter.ts';
import { TelemetryHandle } from './telemetry-handle.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'make-exporter-'));
  const made = directory;
  return () => rm(made, { recursive: true });
});

async function write(name: string, text: string): Promise<string> {
  await writeFile(join(directory, name), text);
  return name;
}

function parse(toml: string, environment: Record<string, string> = {}): TelemetryConfig {
  return parseConfig(`[telemetry]\n${toml}`, { environment, baseDirectory: directory });
}

/** Exports a count of 1 for each of so many series, once, as a configuration says. */
async function exportOnce(config: TelemetryConfig, series = 1): Promise<ExportReport> {
  const recorded = TelemetryHandle.fromConfig(config, { exporter: makeExporter(parse('')) });
  for (let index = 0; index < series; index += 1) recorded.recordCounter('c', 1, { index });
  const exporter = makeExporter(config);
  onTestFinished(() => exporter.shutdown());
  return exporter.export(recorded.snapshot(), {
    timeoutMs: 20_000,
    signal: AbortSignal.timeout(20_000),
  });
}

describe('a configuration', () => {
  test('decides on the encoding, the compression, the headers and the place of labels', async () => {
    await using collector = await TestCollector.start();
    const toml = `
      endpoint = "${collector.url}/"
      protocol = "http/protobuf"
      compression = "gzip"
      label-placement = "resource"
      temporality = "delta"
      labels = { cluster = "a" }
      headers = { authorization = "Bearer token" }`;
    expect(await exportOnce(parse(toml))).toMatchObject({ status: 'accepted' });
    expect(collector.requests).toMatchObject([
      {
        httpVersion: '1.1',
        headers: {
          'content-type': 'application/x-protobuf',
          'content-encoding': 'gzip',
          authorization: 'Bearer token',
        },
      },
    ]);
    expect(collector.metrics()).toMatchObject([{ attributes: {}, resource: { cluster: 'a' } }]);
  });

  test('decides how large a request may be', async () => {
    await using collector = await TestCollector.start();
    const config = parse(`endpoint = "${collector.url}"\nmax-request-bytes = 2048`);
    const report = await exportOnce(config, 50);
    const parts = 'parts' in report ? report.parts : [];
    expect(parts.length).toBeGreaterThan(3);
    expect(collector.requests).toHaveLength(parts.length);
    expect(collector.sum('c')).toBe(50n);
  });

  test.each([
    ['1.1', '1.1'],
    ['2', '2.0'],
  ])('decides on the certificates to trust and to show, and on HTTP/%s', async (asked, spoken) => {
    const [server, client] = [selfSignedCertificate(), selfSignedCertificate()];
    await using collector = await TestCollector.start({ tls: { ...server, clientCa: client.cert } });
    await write('ca.pem', server.cert);
    await write('client.pem', client.cert);
    await write('client.key', client.key);
    const reached = `endpoint = "${collector.url}"\nhttp-version = "${asked}"\n[telemetry.tls]\n`;
    const shown = 'cert-file = "client.pem"\nkey-file = "client.key"\n';
    expect(await exportOnce(parse(`${reached}${shown}`))).toMatchObject({
      status: 'not-delivered',
      error: { code: 'CONNECTION_FAILED' },
    });
    expect(await exportOnce(parse(`${reached}ca-file = "ca.pem"`))).toMatchObject({ status: 'ambiguous' });
    expect(await exportOnce(parse(`${reached}${shown}ca-file = "ca.pem"`))).toMatchObject({
      status: 'accepted',
    });
    expect(collector.requests).toMatchObject([{ httpVersion: spoken }]);
  });

  test('decides on the Unix socket', async () => {
    const hosts: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      hosts.push(request.headers.host);
      request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{}'));
    });
    await once(server.listen(join(directory, 'otlp.sock')), 'listening');
    onTestFinished(() => void server.close());
    expect(await exportOnce(parse('socket-path = "otlp.sock"'))).toMatchObject({ status: 'accepted' });
    expect(hosts).toEqual(['localhost:4318']);
  });

  test.each([
    ['HTTP_PROXY', 'http', {}, 1],
    ['HTTPS_PROXY', 'https', {}, 1],
    ['HTTPS_PROXY', 'http', {}, 0],
    ['HTTP_PROXY', 'http', { NO_PROXY: 'a, collector.invalid:4318' }, 0],
    ['HTTPS_PROXY', 'https', { no_proxy: '.invalid' }, 0],
  ])('decides on the proxy: %s for %s, %j', async (variable, scheme, more, times) => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.writeHead(407).end();
    });
    server.on('connect', (_request, socket) => {
      asked += 1;
      socket.end('HTTP/1.1 407 Who are you\r\n\r\n');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const environment = { [variable]: `http://u:p%40ss@127.0.0.1:${port}`, ...more };
    const report = await exportOnce(parse(`endpoint = "${scheme}://collector.invalid:4318"`, environment));
    expect(report).toMatchObject({ status: expect.stringMatching(/^(refused|not-delivered)$/) });
    expect(inspect(report, { depth: 9, showHidden: true })).not.toMatch(/p%40ss|p@ss/);
    expect(asked).toBe(times);
  });
});

describe('at set-up', () => {
  test.each([
    ['that is not there', 'ca-file = "ca.pem"', /tls\.ca-file: can't read .*ca\.pem \(ENOENT\)/],
    ['without a certificate', 'ca-file = "text.pem"', /tls: ca holds no PEM certificate/],
    ['that are no pair', 'cert-file = "one.pem"\nkey-file = "other.key"', /KEY_VALUES_MISMATCH/],
  ])('TLS files %s are an error', async (_title, files, message) => {
    await write('text.pem', 'hello');
    await write('one.pem', selfSignedCertificate().cert);
    await write('other.key', selfSignedCertificate().key);
    expect(() => TelemetryHandle.fromConfig(parse(`[telemetry.tls]\n${files}`))).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringMatching(message) }),
    );
  });
});
