import { timingSafeEqual } from 'node:crypto';
import { TelemetryHandle, undiciTransport } from '@pqcnet/telemetry';
import { type Transport, TransportError, type TransportRequest } from '@pqcnet/telemetry-exporter-otlp-http';
import { type ReceivedRequest, TestCollector } from '@pqcnet/telemetry-test-collector';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type SigningTransportOptions,
  signatureHeader,
  signatureOf,
  signingTransport,
} from './signing-transport.ts';

/** One try, whatever was before. */
const onlyOnce = { maxAttempts: 1, force: true };

let collector: TestCollector;

beforeEach(async () => {
  collector = await TestCollector.start();
});

afterEach(async () => {
  collector.assertScriptConsumed();
  await collector.close();
});

function signedTelemetry(
  readKey: SigningTransportOptions['readKey'],
  compression: 'none' | 'gzip' = 'none',
): TelemetryHandle {
  const transport = signingTransport({ inner: undiciTransport(), readKey });
  return TelemetryHandle.fromConfig({ endpoint: collector.url, compression }, { transport });
}

/** What a receiver does before it believes a request. */
function isGenuine({ headers, rawBody }: ReceivedRequest, key: string): boolean {
  const given = Buffer.from(String(headers[signatureHeader]));
  const expected = Buffer.from(signatureOf(rawBody, key));
  return given.byteLength === expected.byteLength && timingSafeEqual(given, expected);
}

it.each(['none', 'gzip'] as const)('signs what goes over the wire, compression %s', async (compression) => {
  await using telemetry = signedTelemetry(async () => 'key', compression);
  telemetry.recordCounter('ingest.success', 2, { chain: 'base' });
  expect(await telemetry.flush()).toMatchObject({ ok: true });
  expect(collector.sum('ingest.success', { chain: 'base' })).toBe(2n);
  expect(collector.requests.map((request) => isGenuine(request, 'key'))).toEqual([true]);
  expect(collector.requests.map((request) => isGenuine(request, 'another key'))).toEqual([false]);
});

it('makes the signature that other implementations of HMAC-SHA256 make', () => {
  // RFC 4231, section 4.3.
  expect(signatureOf(Buffer.from('what do ya want for nothing?'), 'Jefe')).toBe(
    'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
});

it('signs with a new key from the next request on', async () => {
  const keys = ['first', 'second', 'third'];
  await using telemetry = signedTelemetry(async () => keys.shift() ?? '');
  for (let flush = 0; flush < 2; flush++) {
    telemetry.recordCounter('c', 1);
    await telemetry.flush();
  }
  const [first, second] = collector.requests;
  expect(first && isGenuine(first, 'first')).toBe(true);
  expect(second && isGenuine(second, 'second')).toBe(true);
});

it('keeps everything and sends nothing when there is no key', async () => {
  let isKeyThere = false;
  await using telemetry = signedTelemetry(async () => {
    if (isKeyThere) return 'key';
    throw new RangeError('the key store is locked; its path holds a secret');
  });
  telemetry.recordCounter('c', 2);
  const result = await telemetry.flush(onlyOnce);
  expect(result).toMatchObject({
    ok: false,
    error: { code: 'TRANSPORT_FAILED', outcome: 'not-delivered', kept: true },
  });
  expect(!result.ok && result.error.message).toContain("can't sign the request: RangeError");
  expect(!result.ok && result.error.message).not.toContain('secret');
  expect(collector.requests).toHaveLength(0);
  expect(telemetry.account()).toMatchObject({ recorded: 2n, accepted: 0n, pending: 2n });

  isKeyThere = true;
  telemetry.recordCounter('c', 3);
  expect(await telemetry.flush(onlyOnce)).toMatchObject({ ok: true });
  expect(collector.sum('c')).toBe(5n);
  expect(telemetry.account()).toMatchObject({ recorded: 5n, accepted: 5n });
});

it('ends by the deadline of the flush when the key does not come', async () => {
  await using telemetry = signedTelemetry(
    (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      }),
  );
  telemetry.recordCounter('c', 2);
  expect(await telemetry.flush({ timeoutMs: 20 })).toMatchObject({
    ok: false,
    error: { code: 'TRANSPORT_FAILED', outcome: 'not-delivered', kept: true },
  });
  await telemetry.shutdown({ timeoutMs: 20 });
});

it('passes on what the inner transport says of a connection that was refused', async () => {
  const transport = signingTransport({ inner: undiciTransport(), readKey: async () => 'key' });
  const gone = await TestCollector.start();
  await gone.close();
  const request: TransportRequest = {
    url: new URL(gone.url),
    headers: {},
    body: Buffer.from('{}'),
    signal: new AbortController().signal,
  };
  const error: unknown = await transport.send(request).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(TransportError);
  expect(error).toMatchObject({ code: 'CONNECTION_FAILED', bodyLeft: 'no' });
  await transport.close();
});

it('passes on that a request whose answer was lost may have arrived', async () => {
  collector.script([{ do: 'reset', when: 'after-body', store: true }]);
  await using telemetry = signedTelemetry(async () => 'key');
  telemetry.recordCounter('c', 2);
  expect(await telemetry.flush(onlyOnce)).toMatchObject({
    ok: false,
    error: { code: 'CONNECTION_LOST', outcome: 'ambiguous', kept: true, cause: { bodyLeft: 'unknown' } },
  });
  expect(telemetry.account()).toMatchObject({ recorded: 2n, accepted: 0n, pending: 2n });
  expect(await telemetry.flush(onlyOnce)).toMatchObject({ ok: true });
  expect(collector.sum('c')).toBe(2n);
});

it('closes the inner transport at shutdown, and keeps its word on bodies', async () => {
  const usual = undiciTransport();
  let isClosed = false;
  const inner: Transport = {
    releasesBody: true,
    send: (request) => usual.send(request),
    async close() {
      await usual.close();
      isClosed = true;
    },
  };
  const transport = signingTransport({ inner, readKey: async () => 'key' });
  expect(transport.releasesBody).toBe(true);
  const telemetry = TelemetryHandle.fromConfig({ endpoint: collector.url }, { transport });
  telemetry.recordCounter('c', 2);
  expect(await telemetry.shutdown()).toMatchObject({ ok: true });
  expect(isClosed).toBe(true);
});
