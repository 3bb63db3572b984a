import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { selfSignedCertificate } from '@pqcnet/telemetry-test-collector';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Collector, startCollector } from '../run/start-collector.ts';
import { type TemporaryFolder, makeTemporaryFolder } from '../run/temporary-folder.ts';
import { sumOf, waitForPoints } from '../testing/collected-points.ts';
import { deliver, telemetryFromToml } from '../testing/telemetry-from-toml.ts';

const token = 'a-token-that-nobody-guesses';

/** A Collector that lets only those in who have the token and a certificate that it knows. */
let collector: Collector;
let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  for (const name of ['server', 'client', 'stranger']) {
    const { cert, key } = selfSignedCertificate();
    await writeFile(pem(name, 'crt'), cert);
    await writeFile(pem(name, 'key'), key);
  }
  collector = await startCollector({
    scheme: 'https',
    receiver: {
      tls: {
        cert_file: pem('server', 'crt'),
        key_file: pem('server', 'key'),
        client_ca_file: pem('client', 'crt'),
      },
      auth: { authenticator: 'bearertokenauth' },
    },
    extensions: { bearertokenauth: { token } },
  });
});

afterAll(async () => {
  await collector[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const pem = (name: string, ending: 'crt' | 'key'): string => join(folder.path, `${name}.${ending}`);

const toml = (client: string | undefined, authority = 'server'): string => `
  [telemetry]
  endpoint = "${collector.url}"

  [telemetry.headers]
  authorization = "Bearer \${env:COLLECTOR_TOKEN}"

  [telemetry.tls]
  ca-file = "${pem(authority, 'crt')}"
  ${client === undefined ? '' : `cert-file = "${pem(client, 'crt')}"\nkey-file = "${pem(client, 'key')}"`}
`;

describe('a Collector with a bearer token and mTLS', () => {
  it('takes what comes with both', async () => {
    await using telemetry = telemetryFromToml(toml('client'), { environment: { COLLECTOR_TOKEN: token } });
    telemetry.recordCounter('let.in', 42);
    await deliver(telemetry);
    const points = await waitForPoints(collector.file, (all) => all.some(({ name }) => name === 'let.in'));
    expect(sumOf(points, 'let.in')).toBe(42n);
  });

  it('refuses another token: the data are kept, and the token is in no message', async () => {
    const telemetry = telemetryFromToml(toml('client'), {
      environment: { COLLECTOR_TOKEN: 'wrong-token' },
    });
    telemetry.recordCounter('kept', 1);
    const result = await telemetry.flush({ maxAttempts: 1 });
    expect(result).toMatchObject({ ok: false, error: { outcome: 'refused', httpStatus: 401, kept: true } });
    expect(JSON.stringify(result)).not.toContain('wrong-token');
    expect(telemetry.account().pending).toBe(1n);
    await telemetry.shutdown({ timeoutMs: 1 });
  });

  it.each([
    ['no client certificate', undefined, 'server'],
    ['a certificate that the Collector does not know', 'stranger', 'server'],
    ['an authority that did not sign the Collector’s', 'client', 'stranger'],
  ])('takes nothing with %s: the data are kept', async (_, client, authority) => {
    const telemetry = telemetryFromToml(toml(client, authority), {
      environment: { COLLECTOR_TOKEN: token },
    });
    telemetry.recordCounter('kept', 1);
    const result = await telemetry.flush({ maxAttempts: 1 });
    expect(result).toMatchObject({ ok: false, error: { kept: true } });
    // With TLS 1.3 a server says no after the client has begun to send.
    expect(!result.ok && result.error.outcome).toMatch(/^(not-delivered|ambiguous)$/);
    expect(telemetry.account().pending).toBe(1n);
    await telemetry.shutdown({ timeoutMs: 1 });
  });
});
