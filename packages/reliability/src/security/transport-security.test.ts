import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type TelemetryConfigInput, ConfigError, parseConfig, validateConfig } from '@pqcnet/telemetry';
import { TestCollector, selfSignedCertificate } from '@pqcnet/telemetry-test-collector';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rig } from '../testing/rig.ts';

const run = promisify(execFile);
const flushOnce = fileURLToPath(new URL('flush-once.ts', import.meta.url));
const credentials = { authorization: 'Bearer secret' };

function problemsOf(input: unknown): readonly string[] {
  try {
    validateConfig(input as TelemetryConfigInput, { environment: {} });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ path }) => path);
  }
}

describe('TLS verification', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'reliability-tls-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('holds by default: an unknown certificate gets no request', async () => {
    await using collector = await TestCollector.start({ tls: 'self-signed' });
    await using rig = await Rig.start({ config: { endpoint: collector.url, headers: credentials } });
    rig.workload.recordRound();
    const { error } = await rig.failToFlush();
    expect(error).toMatchObject({ code: 'CONNECTION_FAILED', outcome: 'not-delivered', kept: true });
    expect(collector.requests).toEqual([]);
  });

  it('holds when the certificate is for another host', async () => {
    // It names 127.0.0.1 and localhost.
    const tls = selfSignedCertificate();
    await using collector = await TestCollector.start({ tls, host: '127.0.0.2' });
    const caFile = join(folder, 'ca.pem');
    await writeFile(caFile, tls.cert);
    await using rig = await Rig.start({ config: { endpoint: collector.url, tls: { caFile } } });
    rig.workload.recordRound();
    expect((await rig.failToFlush()).error).toMatchObject({ code: 'CONNECTION_FAILED' });
    expect(collector.requests).toEqual([]);
  });

  it.each([
    ['insecureSkipVerify', { insecureSkipVerify: true }],
    ['tls.rejectUnauthorized', { tls: { rejectUnauthorized: false } }],
    ['tls.verify', { tls: { verify: false } }],
  ])('has no setting %s', (path, input) => {
    expect(problemsOf({ endpoint: 'https://collector:4318', ...input })).toEqual([path]);
  });

  it("is not turned off by NODE_TLS_REJECT_UNAUTHORIZED, which is the host's for other connections", async () => {
    await using collector = await TestCollector.start({ tls: 'self-signed' });
    const env = { ...process.env, ENDPOINT: collector.url, NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const args = ['--conditions=@pqcnet/source', '--no-warnings', flushOnce];
    const { stdout } = await run(process.execPath, args, { env });
    expect(collector.requests).toEqual([]);
    expect(stdout).toContain('CONNECTION_FAILED');
  });
});

describe('credentials', () => {
  it.each([
    ['http://collector.pqcnet.io:4318', ['headers']],
    ['http://10.0.0.7:4318', ['headers']],
    ['http://localhost.example.com:4318', ['headers']],
    ['http://127.0.0.1.example.com:4318', ['headers']],
    ['http://0.0.0.0:4318', ['headers']],
    ['http://127.0.0.1:4318', []],
    ['http://[::1]:4318', []],
    ['http://localhost:4318', []],
    ['https://collector.pqcnet.io:4318', []],
  ])('go over plain http to loopback only: %s', (endpoint, problems) => {
    expect(problemsOf({ endpoint, headers: credentials })).toEqual(problems);
    expect(problemsOf({ endpoint, headers: credentials, allowInsecureCredentials: true })).toEqual([]);
    expect(problemsOf({ endpoint })).toEqual([]);
  });

  it.each(['http://user:password@localhost:4318', 'https://user@collector:4318', 'https://:password@a'])(
    'in a URL are refused: %s',
    (endpoint) => {
      expect(problemsOf({ endpoint })).toEqual(['endpoint']);
    },
  );

  it('in a URL of the environment are refused there, and shown nowhere', () => {
    const warnings: string[] = [];
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:hush@evil.example' };
    const onWarning = ({ message }: { readonly message: string }): void => void warnings.push(message);
    const config = parseConfig('[telemetry]', { environment, onWarning });
    expect(config.metricsUrl).toBe('http://localhost:4318/v1/metrics');
    expect(warnings).toHaveLength(1);
    expect(warnings.join()).not.toContain('hush');
  });
});

describe('headers', () => {
  it.each(['a\r\nx-injected: 1', 'a\nb', 'a\rb', 'a\0b'])(
    'with a control character are refused: %j',
    (value) => {
      expect(problemsOf({ headers: { 'x-tenant': value } })).toEqual(['headers.x-tenant']);
    },
  );

  it.each(['x tenant', 'x:tenant', 'x\r\ntenant', ''])('with a name that is none are refused: %j', (name) => {
    expect(problemsOf({ headers: { [name]: 'a' } })).toHaveLength(1);
  });

  it('with a line break from the environment are ignored, with a warning that does not show them', async () => {
    const warnings: string[] = [];
    const config = parseConfig('[telemetry]', {
      environment: { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=hush%0d%0ax-injected%3a%201' },
      onWarning: ({ message }) => void warnings.push(message),
    });
    expect(config.headers.size).toBe(0);
    expect(warnings.join()).not.toContain('hush');
    expect(warnings).not.toEqual([]);
  });
});
