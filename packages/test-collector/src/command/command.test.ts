import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { counterBody } from '../testing/metrics-body.ts';
import { send } from '../testing/send-request.ts';
import { TestCollector } from '../test-collector.ts';

/** The command as its users run it: in a process of its own, ended by a signal. */
class RunningCommand implements AsyncDisposable {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  readonly #errorLines: AsyncIterator<string>;
  #output = '';
  errors = '';

  constructor(args: readonly string[]) {
    const main = fileURLToPath(new URL('main.ts', import.meta.url));
    this.process = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stdout.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.process.stderr.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.#errorLines = createInterface(this.process.stderr)[Symbol.asyncIterator]();
  }

  get output(): string {
    return this.#output;
  }

  async nextError(): Promise<string> {
    const { value } = await this.#errorLines.next();
    return String(value);
  }

  async url(): Promise<string> {
    const line = await this.nextError();
    return line.replace('listening on ', '');
  }

  async end(): Promise<number> {
    const ended = once(this.process, 'close');
    this.process.kill('SIGINT');
    await ended;
    return this.process.exitCode ?? -1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode === null) await this.end();
  }
}

const counter = JSON.stringify(counterBody('ingest.success', [{ value: 3n, attributes: { chain: 'base' } }]));

test('prints JSON lines in a pipe, and a summary when it ends', async () => {
  await using command = new RunningCommand(['--port', '0', '--fail', '503:1']);
  const url = await command.url();
  expect((await send(url, { body: counter })).status).toBe(503);
  expect((await send(url, { body: counter })).status).toBe(200);
  expect((await send(url, { body: 'x' })).status).toBe(400);
  const span = { resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'GET' }] }] }] };
  await send(url, { path: '/v1/traces', body: JSON.stringify(span) });
  const record = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'hi' } }] }] }] };
  await send(url, { path: '/v1/logs', body: JSON.stringify(record) });
  expect(await command.end()).toBe(0);
  const lines: unknown[] = command.output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(lines).toMatchObject([
    { type: 'request', status: 503, step: 'answer' },
    {
      type: 'metric',
      name: 'ingest.success',
      kind: 'sum',
      value: '3',
      attributes: { chain: 'base' },
      temporality: 'cumulative',
    },
    { type: 'request', status: 400, reason: expect.stringContaining('malformed json body') },
    { type: 'span', name: 'GET' },
    { type: 'log', body: { stringValue: 'hi' } },
  ]);
  expect(command.errors).toContain('5 request(s), 1 data point(s), 1 refused, 1 failed as asked, 1 series\n');
});

test('prints one table when asked to in a pipe', async () => {
  await using command = new RunningCommand(['--port', '0', '--table', '--host', '127.0.0.1']);
  const url = await command.url();
  await send(url, { body: counter });
  expect(await command.end()).toBe(0);
  expect(command.output).toMatch(/ingest\.success\{chain="base"\} +counter, cumulative +3\n/);
  expect(command.output).not.toContain('\u001B');
});

test('sends on what it got to another collector', async () => {
  await using target = await TestCollector.start();
  target.script([{ do: 'accept' }, { do: 'answer', status: 500 }]);
  await using command = new RunningCommand(['--port', '0', '--forward', `${target.url}/`]);
  const url = await command.url();
  await send(url, {
    body: counter,
    headers: { authorization: 'Bearer secret', 'transfer-encoding': 'chunked' },
  });
  await target.waitFor(() => target.requests.length === 1);
  await send(url, { body: counter });
  expect(await command.nextError()).toBe(`not forwarded to ${target.url}/v1/metrics: answered 500`);
  expect(await command.end()).toBe(0);
  expect(target.sum('ingest.success')).toBe(3n);
  expect(target.requests[0]?.headers).toMatchObject({
    authorization: 'Bearer secret',
    host: new URL(target.url).host,
  });
  expect(command.errors).toContain('1 forwarded, 1 not forwarded');
});

test.each([
  [['--port', 'x'], '--port: expected 0 to 65535, found x'],
  [['--fail', '503'], '--fail: expected STATUS:COUNT, for instance 503:3, found 503'],
  [['--forward', 'collector'], '--forward: expected an http or https URL, found collector'],
  [['--json', '--table'], '--json and --table exclude each other'],
  [['--colour'], "Unknown option '--colour'"],
])('ends with 2 on the arguments %j', async (args, message) => {
  await using command = new RunningCommand(args);
  await once(command.process, 'close');
  expect(command.process.exitCode).toBe(2);
  expect(command.errors).toBe(`${message}\nTry --help.\n`);
});

test('says that a port is in use', async () => {
  await using other = await TestCollector.start();
  await using command = new RunningCommand(['--port', String(other.port)]);
  await once(command.process, 'close');
  expect(command.process.exitCode).toBe(1);
  expect(command.errors).toBe(
    `can't listen on 127.0.0.1:${other.port}: the port is already in use\nChoose another with --port.\n`,
  );
});

test('prints its help', async () => {
  await using command = new RunningCommand(['--help']);
  await once(command.process, 'close');
  expect(command.process.exitCode).toBe(0);
  expect(command.output).toMatch(/^Usage: telemetry-test-collector[\s\S]*--fail STATUS:COUNT/);
});
