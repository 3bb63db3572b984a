import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { selfSignedCertificate, TestCollector, type ScriptStep } from '@pqcnet/telemetry-test-collector';
import { beforeEach, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telemetry-check-'));
  const made = folder;
  return () => rm(made, { recursive: true });
});

interface Ran {
  readonly exitCode: number | string;
  readonly output: string;
  readonly errors: string;
}

/** Runs the command as its users do: in a process of its own, which sees these variables and no others. */
function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--conditions=@pqcnet/source', main, ...args],
      { cwd: folder, env: environment },
      (error, output, errors) => {
        resolve({ exitCode: error === null ? 0 : (error.code ?? 'killed'), output, errors });
      },
    );
  });
}

async function check(
  toml: string,
  { args = [], environment = {} }: { args?: string[]; environment?: Record<string, string> } = {},
): Promise<Ran> {
  await writeFile(join(folder, 'telemetry.toml'), `[telemetry]\n${toml}\n`);
  return run(['check', 'telemetry.toml', ...args], environment);
}

describe('a good configuration', () => {
  test('is shown with the source of each value, and its probe reaches the collector', async () => {
    await using collector = await TestCollector.start({ auth: { authorization: 'Bearer hush' } });
    const toml = `endpoint = "${collector.url}"
      labels.component = "sentry"
      headers.authorization = "Bearer \${env:TOKEN}"
      metrics."ingest.success".description = "clear\\u001B[2J the screen"`;
    const { exitCode, output, errors } = await check(toml, {
      environment: {
        TOKEN: 'hush',
        OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
        OTEL_METRIC_EXPORT_INTERVAL: 'often',
      },
    });
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    expect(output).toMatch(/^telemetry\.toml can be used\n/);
    expect(output).toMatch(/^ {2}endpoint +"http:\/\/127\.0\.0\.1:\d+" +telemetry\.toml:2$/m);
    expect(output).toMatch(/^ {2}service-name +"sentry" +telemetry\.toml:3$/m);
    expect(output).toMatch(/^ {2}compression +"gzip" +OTEL_EXPORTER_OTLP_COMPRESSION$/m);
    expect(output).toMatch(/^ {2}headers\.authorization +\[redacted\] +telemetry\.toml:4, TOKEN$/m);
    expect(output).toMatch(/^ {2}timeout-ms +10000 +default$/m);
    expect(output).toContain(`Requests go to ${collector.url}/v1/metrics\n`);
    expect(output).toContain(
      'Warning: The environment variable OTEL_METRIC_EXPORT_INTERVAL is ignored: "often" is',
    );
    const address = new URL(collector.url).host;
    expect(output).toMatch(
      new RegExp(
        `^The collector took the probe: HTTP 200, \\d+ ms, \\d+ bytes sent, HTTP/1.1 to ${address}, no TLS\n$`,
        'm',
      ),
    );
    expect(output).not.toContain('hush');
    expect(output).not.toContain('\u001B');
    expect(collector.requests).toMatchObject([{ status: 200, headers: { 'content-encoding': 'gzip' } }]);
    expect(collector.gauge('pqcnet.telemetry.check')).toBe(1);
    expect(collector.sum('pqcnet.telemetry.check.runs', { component: 'sentry' })).toBe(1n);
    expect(collector.latency('pqcnet.telemetry.check.latency')).toMatchObject({ count: 1n });
    expect(collector.resource()).toMatchObject({
      'service.name': 'sentry',
      'service.instance.id': 'pqcnet-telemetry-check',
    });
  });

  test('is told as JSON, for scripts', async () => {
    await using collector = await TestCollector.start();
    const toml = `endpoint = "${collector.url}"\nheaders.api-key = "hush"`;
    const { exitCode, output } = await check(toml, { args: ['--json'] });
    expect(exitCode).toBe(0);
    expect(output).not.toContain('hush');
    expect(JSON.parse(output)).toMatchObject({
      exitCode: 0,
      file: 'telemetry.toml',
      warnings: [],
      notes: [expect.stringContaining('Nothing names the service')],
      values: expect.arrayContaining([
        { key: 'headers.api-key', value: '[redacted]', source: 'file', line: 3, variables: [] },
      ]),
      url: `${collector.url}/v1/metrics`,
      probe: { outcome: 'accepted', httpStatus: 200, connection: { httpVersion: '1.1' }, advice: [] },
    });
  });

  test('is probed in its temporality and with its kind of histograms', async () => {
    await using collector = await TestCollector.start();
    const toml = `endpoint = "${collector.url}"
      protocol = "http/protobuf"
      temporality = "delta"
      latency-histogram = "exponential"`;
    expect(await check(toml)).toMatchObject({ exitCode: 0 });
    expect(collector.metrics()).toMatchObject([
      { name: 'pqcnet.telemetry.check', kind: 'gauge' },
      { name: 'pqcnet.telemetry.check.runs', kind: 'sum', temporality: 'delta' },
      { name: 'pqcnet.telemetry.check.latency', kind: 'exponential-histogram', temporality: 'delta' },
    ]);
  });

  test('may come from the environment alone', async () => {
    await using collector = await TestCollector.start();
    const environment = { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${collector.url}/v1/metrics?key=hush` };
    const { exitCode, output } = await run(['check'], environment);
    expect(exitCode).toBe(0);
    expect(output).toMatch(/^the environment alone can be used\n/);
    expect(output).toContain(`Requests go to ${collector.url}/v1/metrics\n`);
    expect(output).not.toContain('hush');
    expect(collector.requests).toHaveLength(1);
  });

  test.each<[what: string, args: string[], environment: Record<string, string>]>([
    ['with --no-probe', ['--no-probe'], {}],
    ['when the SDK is disabled', [], { OTEL_SDK_DISABLED: 'true' }],
  ])('sends nothing %s', async (_, args, environment) => {
    await using collector = await TestCollector.start();
    const { exitCode, output } = await check(`endpoint = "${collector.url}"`, { args, environment });
    expect(exitCode).toBe(0);
    expect(output).not.toContain('probe');
    expect(collector.connections.opened).toBe(0);
  });
});

describe('a configuration that is wrong', () => {
  test('ends with 1 and every problem at once', async () => {
    const { exitCode, output } = await check('flush-interval-ms = 5\nprotocl = "http/json"');
    expect(exitCode).toBe(1);
    expect(output).toBe(`telemetry.toml can't be used

2 problems in telemetry.toml

  telemetry.toml:2:1  telemetry.flush-interval-ms
    found     5
    expected  an integer from 10 to 2147483647 (milliseconds)

  telemetry.toml:3:1  telemetry.protocl
    found     an unknown key
    expected  a known key: did you mean protocol?
`);
  });

  test('is told as JSON, for scripts', async () => {
    const { exitCode, output } = await check('flush-interval-ms = 5', { args: ['--json'] });
    expect(exitCode).toBe(1);
    expect(JSON.parse(output)).toMatchObject({
      exitCode: 1,
      failure: { code: 'CONFIG_INVALID', problems: [{ path: 'telemetry.flush-interval-ms', line: 2 }] },
      values: [],
    });
  });

  test('ends with 1 when a file that it names is missing', async () => {
    const { exitCode, output } = await check('endpoint = "https://localhost:1"\ntls.ca-file = "ca.pem"');
    expect(exitCode).toBe(1);
    expect(output).toContain("telemetry.toml can't be used\n\ntls.ca-file: can't read ");
    expect(output).toMatch(/tls\.ca-file +".+\/ca\.pem" +telemetry\.toml:3$/m);
  });

  test('ends with 1 when there is none', async () => {
    expect(await run(['check', 'other.toml'])).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('found     no such file'),
    });
  });
});

describe('a collector that does not take the probe', () => {
  test.each<[step: ScriptStep, code: string, heading: RegExp, advice: RegExp]>([
    [
      { do: 'answer', status: 400 },
      'HTTP_STATUS',
      /^The collector rejected the probe: HTTP 400/m,
      /VictoriaMetrics/,
    ],
    [
      { do: 'answer', status: 403 },
      'HTTP_STATUS',
      /refused the address or the credentials: HTTP 403/,
      /No credentials/,
    ],
    [{ do: 'answer', status: 503 }, 'HTTP_STATUS', /^No final answer came, .*: HTTP 503/m, /not ready/],
    [
      { do: 'redirect', location: 'https://example.com/otlp/v1/metrics' },
      'HTTP_STATUS',
      /HTTP 30\d/,
      /set endpoint = "https:\/\/example\.com\/otlp"/,
    ],
    [{ do: 'html' }, 'RESPONSE_NOT_OTLP', /rejected the probe: HTTP 200/, /web page or a login/],
    [
      { do: 'partial-success', rejected: 1, message: 'no deltas' },
      'PARTIAL_SUCCESS',
      /only a part of the probe: HTTP 200/,
      /some kind of metric/,
    ],
    [
      { do: 'reset', when: 'after-body' },
      'CONNECTION_LOST',
      /collector may have the probe or not: no answer/,
      /begin the endpoint with https/,
    ],
  ])('by %j ends with 3, and says what to do', async (step, code, heading, advice) => {
    await using collector = await TestCollector.start();
    collector.script([step]);
    const { exitCode, output } = await check(`endpoint = "${collector.url}"`);
    expect(exitCode).toBe(3);
    expect(output).toMatch(heading);
    expect(output).toContain(`\n  ${code}: `);
    expect(output).toMatch(new RegExp(`^  → .*${advice.source}`, 'm'));
    expect(collector.requests).toHaveLength(1);
  });

  test('in time ends with 3', async () => {
    await using collector = await TestCollector.start();
    collector.script([{ do: 'never-answer' }]);
    const { exitCode, output } = await check(`endpoint = "${collector.url}"`, {
      args: ['--timeout-ms', '300'],
    });
    expect(exitCode).toBe(3);
    expect(output).toMatch(/^ {2}DEADLINE_EXCEEDED: .*\n {2}→ No answer came in time/m);
  });

  test('and repeats the credentials does not get them shown', async () => {
    await using collector = await TestCollector.start();
    collector.script([{ do: 'answer', status: 401, message: 'bad token hush-hush-hush' }]);
    const toml = `endpoint = "${collector.url}"\nheaders.api-key = "hush-hush-hush"`;
    const { exitCode, output } = await check(toml);
    expect(exitCode).toBe(3);
    expect(output).toMatch(/HTTP_STATUS: HTTP 401: bad token/);
    expect(output).toContain('→ The credentials are not good for this address. Sent were: api-key.');
    expect(output).not.toContain('hush');
  });

  test('at a wrong path hints at base URLs', async () => {
    await using collector = await TestCollector.start();
    const { exitCode, output } = await check(`endpoint = "${collector.url}/v1/metrics"`);
    expect(exitCode).toBe(3);
    expect(output).toContain('→ endpoint already ends in /v1/metrics');
  });

  test('because nobody listens ends with 3', async () => {
    const gone = await TestCollector.start();
    await gone.close();
    const { exitCode, output } = await check(`endpoint = "${gone.url}"`);
    expect(exitCode).toBe(3);
    expect(output).toMatch(
      /^No connection came about: no answer, \d+ ms\n {2}CONNECTION_FAILED: .*ECONNREFUSED\n {2}→ Nothing listens there/m,
    );
  });
});

describe('TLS', () => {
  test('is told of', async () => {
    await using collector = await TestCollector.start({ tls: 'self-signed' });
    await writeFile(join(folder, 'ca.pem'), collector.certificate ?? '');
    const { exitCode, output } = await check(`endpoint = "${collector.url}"\ntls.ca-file = "ca.pem"`);
    expect(output).toMatch(
      /TLSv1\.3 \(certificate of test collector by test collector, valid to \d{4}-\d\d-\d\d\)/,
    );
    expect(exitCode).toBe(0);
  });

  const longAgo = selfSignedCertificate({ nowMs: Date.UTC(2020, 0, 1) });
  test.each([
    [
      'a certificate that nobody vouches for',
      'self-signed' as const,
      '',
      /SELF_SIGNED.*\n {2}→ .*\[telemetry\.tls\] ca-file/,
    ],
    [
      'a certificate that has expired',
      longAgo,
      longAgo.cert,
      /CERT_HAS_EXPIRED.*\n {2}→ The certificate has expired/,
    ],
  ])('fails for %s', async (_, tls, authority, said) => {
    await using collector = await TestCollector.start({ tls });
    await writeFile(join(folder, 'ca.pem'), authority);
    const trusts = authority === '' ? '' : 'tls.ca-file = "ca.pem"';
    const { exitCode, output } = await check(`endpoint = "${collector.url}"\n${trusts}`);
    expect(exitCode).toBe(3);
    expect(output).toMatch(said);
  });

  test('fails at a port without it, and the other way round', async () => {
    await using plain = await TestCollector.start();
    const withTls = await check(`endpoint = "${plain.url.replace('http:', 'https:')}"`);
    expect(withTls).toMatchObject({
      exitCode: 3,
      output: expect.stringContaining('→ The port does not speak TLS'),
    });
    await using secure = await TestCollector.start({ tls: 'self-signed' });
    const without = await check(`endpoint = "${secure.url.replace('https:', 'http:')}"`);
    expect(without).toMatchObject({
      exitCode: 3,
      output: expect.stringContaining('begin the endpoint with https://'),
    });
  });
});

test.each([
  [[], 'expected the command check, found none'],
  [['chek'], 'expected the command check, found chek'],
  [['check', 'a', 'b'], 'expected one file, found 2'],
  [['check', '--timeout-ms', '0'], '--timeout-ms: expected 1 to 2147483647, found 0'],
  [['check', '--colour'], "Unknown option '--colour'"],
])('ends with 2 on the arguments %j', async (args, message) => {
  const { exitCode, output, errors } = await run(args);
  expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
  expect(errors).toMatch(new RegExp(`^${message.replaceAll(/[[\]().]/g, '\\$&')}.*\nTry --help.\n$`, 's'));
});

test('prints its help, with every exit code, and its version', async () => {
  const { exitCode, output } = await run(['--help']);
  expect(exitCode).toBe(0);
  expect(output).toMatch(/^Usage: pqcnet-telemetry check [\s\S]*\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}3 /);
  expect(await run(['--version'])).toMatchObject({ exitCode: 0, output: `${manifest.version}\n` });
});

test('is coloured where colours are wanted, and not with NO_COLOR', async () => {
  const green = '\u001B[32mtelemetry.toml can be used\u001B[39m';
  const args = ['--no-probe'];
  expect((await check('', { args, environment: { FORCE_COLOR: '1' } })).output).toContain(green);
  expect((await check('', { args, environment: { NO_COLOR: '1' } })).output).not.toContain('\u001B');
});
