import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rename, rm, symlink, unlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { selfSignedCertificate, TestCollector } from '@pqcnet/telemetry-test-collector';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import { TlsFiles, type TransportWarning } from './tls-files.ts';
import type { TlsOptions } from './tls-options.ts';
import type { Transport, TransportRequest } from './transport.ts';
import { undiciTransport } from './undici-transport.ts';

const one = selfSignedCertificate();
const other = selfSignedCertificate();
const serverPair = selfSignedCertificate();

let directory: string;
const path = (name: string): string => join(directory, name);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tls-files-'));
  const made = directory;
  return () => rm(made, { recursive: true });
});

interface Surroundings {
  readonly files: TlsFiles;
  readonly warnings: TransportWarning[];
  readonly clock: { nowMs: number };
}

function read(options: TlsOptions): Surroundings {
  const warnings: TransportWarning[] = [];
  const clock = { nowMs: 0 };
  const warn = (warning: TransportWarning): void => void warnings.push(warning);
  return { warnings, clock, files: new TlsFiles(options, { warn, nowMs: () => clock.nowMs }) };
}

let writes = 0;

/** Writes a file; two writes never have the same time, which is coarser than a test is fast. */
async function write(name: string, text: string): Promise<string> {
  await writeFile(path(name), text);
  writes += 1;
  await utimes(path(name), writes, writes);
  return path(name);
}

async function writePair({
  cert,
  key,
}: {
  readonly cert: string;
  readonly key: string;
}): Promise<TlsOptions> {
  const certFile = await write('client.pem', cert);
  return { certFile, keyFile: await write('client.key', key), recheckMs: 0 };
}

describe('files', () => {
  test('that stay as they are give the same material', async () => {
    const { files } = read(await writePair(one));
    const material = await files.current();
    expect(material).toEqual({ cert: one.cert, key: one.key });
    expect(await files.current()).toBe(material);
  });

  test('that changed give new material', async () => {
    const { files, warnings } = read(await writePair(one));
    await writePair(other);
    expect(await files.current()).toEqual({ cert: other.cert, key: other.key });
    expect(warnings).toEqual([]);
  });

  test('that are swapped by a link give new material', async () => {
    await Promise.all([write('1.pem', one.cert), write('2.pem', other.cert)]);
    await symlink('1.pem', path('ca.pem'));
    const { files } = read({ caFile: path('ca.pem'), recheckMs: 0 });
    await symlink('2.pem', path('next.pem'));
    await rename(path('next.pem'), path('ca.pem'));
    expect(await files.current()).toEqual({ ca: other.cert });
  });

  test('are not looked at again before their time', async () => {
    const { recheckMs: _, ...options } = await writePair(one);
    const { files, clock } = read(options);
    await writePair(other);
    clock.nowMs = 9999;
    expect(await files.current()).toMatchObject({ cert: one.cert });
    clock.nowMs = 10_000;
    const [material, same] = await Promise.all([files.current(), files.current()]);
    expect(material).toMatchObject({ cert: other.cert });
    expect(same).toBe(material);
  });
});

describe('new files that can not be used', () => {
  test('leave the old in use, are reported once, and are used when the rest has come', async () => {
    const { files, warnings } = read(await writePair(one));
    const before = await files.current();
    await write('client.pem', other.cert);
    expect(await files.current()).toBe(before);
    expect(await files.current()).toBe(before);
    expect(warnings).toEqual([
      {
        code: 'TLS_FILES_UNUSABLE',
        message: expect.stringMatching(/client\.pem.*stay in use: .*ERR_OSSL_X509_KEY_VALUES_MISMATCH/),
      },
    ]);
    await write('client.key', other.key);
    expect(await files.current()).toEqual({ cert: other.cert, key: other.key });
    expect(warnings).toHaveLength(1);
  });

  test('leave the old in use when they are gone, and are used when they come back', async () => {
    const { files, warnings } = read(await writePair(one));
    const before = await files.current();
    await unlink(path('client.key'));
    expect(await files.current()).toBe(before);
    expect(await files.current()).toBe(before);
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('ENOENT')]);
    await writePair(other);
    expect(await files.current()).toEqual({ cert: other.cert, key: other.key });
  });

  test.each([
    ['is empty', '\n', 'ca is empty'],
    ['holds no certificate', 'hello', 'ca holds no PEM certificate'],
    [
      'holds a broken one',
      `${other.cert}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
      "ca holds a certificate that can't be read (ERR_OSSL_ASN1_WRONG_TAG)",
    ],
    ['is cut off', other.cert.slice(0, 300), 'ca holds no PEM certificate'],
  ])('are known when a list of authorities %s', async (_title, text, reason) => {
    await write('ca.pem', one.cert);
    const { files, warnings } = read({ caFile: path('ca.pem'), recheckMs: 0 });
    await write('ca.pem', text);
    expect(await files.current()).toEqual({ ca: one.cert });
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining(reason)]);
  });
});

describe('at set-up', () => {
  test.each<[string, TlsOptions, string]>([
    [
      'a file that is not there',
      { caFile: '/nowhere/ca.pem' },
      "tls.caFile: can't read /nowhere/ca.pem (ENOENT)",
    ],
    ['a certificate without a key', { cert: one.cert }, 'tls has a cert without a key'],
    ['a key without a certificate', { keyFile: '/nowhere/key' }, 'tls has a key without a cert'],
    ['text and a file', { ca: one.cert, caFile: '/nowhere/ca.pem' }, 'tls has ca and caFile'],
    ['a key of another certificate', { cert: one.cert, key: other.key }, 'ERR_OSSL_X509_KEY_VALUES_MISMATCH'],
    ['an empty key', { cert: one.cert, key: '' }, 'tls: key is empty'],
    ['no certificate', { ca: Buffer.from('hello') }, 'tls: ca holds no PEM certificate'],
    ['no interval', { recheckMs: -1 }, 'tls.recheckMs is -1'],
  ])('%s is refused', (_title, tls, message) => {
    const expected = { code: 'INVALID_EXPORTER_OPTIONS', message: expect.stringContaining(message) };
    expect(() => undiciTransport({ tls })).toThrow(expect.objectContaining(expected));
  });
});

function transportFor(tls: TlsOptions, warnings: TransportWarning[] = []): Transport {
  const transport = undiciTransport({ tls, onWarning: (warning) => void warnings.push(warning) });
  onTestFinished(() => transport.close());
  return transport;
}

function requestTo(collector: { readonly url: string }): TransportRequest {
  const headers = { 'content-type': 'application/json', 'content-length': '2' };
  const url = new URL(`${collector.url}/v1/metrics`);
  return { url, headers, body: Buffer.from('{}'), signal: AbortSignal.timeout(20_000) };
}

describe('a transport', () => {
  test('shows the certificate that the receiver asks for, and gets no answer without it', async () => {
    await using collector = await TestCollector.start({ tls: { ...serverPair, clientCa: one.cert } });
    const { recheckMs: _, ...pair } = await writePair(one);
    const response = await transportFor({ ca: serverPair.cert, ...pair }).send(requestTo(collector));
    expect(response).toMatchObject({ status: 200 });
    await expect(transportFor({ ca: serverPair.cert }).send(requestTo(collector))).rejects.toMatchObject({
      name: 'TransportError',
    });
    await expect(
      transportFor({ ca: serverPair.cert, cert: other.cert, key: other.key }).send(requestTo(collector)),
    ).rejects.toMatchObject({ name: 'TransportError' });
    expect(collector.requests).toHaveLength(1);
  });

  test('goes on with a new certificate on a new connection, and loses no request under way', async () => {
    const shown: string[] = [];
    const answers: (() => void)[] = [];
    const server = createServer({ ...serverPair, requestCert: true, rejectUnauthorized: false });
    server.on('secureConnection', (socket) => shown.push(socket.getPeerCertificate().fingerprint256));
    // The second request has its answer first, then the first.
    server.on('request', (request, response) => {
      request.resume();
      answers.unshift(() => response.end());
      if (answers.length === 1) arrived.resolve();
      else for (const answer of answers) answer();
    });
    const arrived = Promise.withResolvers<void>();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const transport = transportFor({ ...(await writePair(one)), ca: serverPair.cert });
    const receiver = { url: `https://127.0.0.1:${port}` };
    const held = transport.send(requestTo(receiver));
    await arrived.promise;
    await writePair(other);
    const next = transport.send(requestTo(receiver));
    expect(await Promise.all([held, next])).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(shown).toEqual([one, other].map(({ cert }) => new X509Certificate(cert).fingerprint256));
  });

  test('trusts the authorities of a new file', async () => {
    await using collector = await TestCollector.start({ tls: other });
    await write('ca.pem', one.cert);
    const transport = transportFor({ caFile: path('ca.pem'), recheckMs: 0 });
    await expect(transport.send(requestTo(collector))).rejects.toMatchObject({ bodyLeft: 'no' });
    await write('ca.pem', other.cert);
    expect(await transport.send(requestTo(collector))).toMatchObject({ status: 200 });
  });

  test('goes on sending when a new file is broken, and tells', async () => {
    await using collector = await TestCollector.start({ tls: one });
    await write('ca.pem', one.cert);
    const warnings: TransportWarning[] = [];
    const transport = transportFor({ caFile: path('ca.pem'), recheckMs: 0 }, warnings);
    await transport.send(requestTo(collector));
    await write('ca.pem', 'broken');
    expect(await transport.send(requestTo(collector))).toMatchObject({ status: 200 });
    expect(collector.connections.opened).toBe(1);
    expect(warnings).toHaveLength(1);
  });
});
