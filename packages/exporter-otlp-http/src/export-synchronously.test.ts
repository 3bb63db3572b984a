import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { selfSignedCertificate, TestCollector } from '@pqcnet/telemetry-test-collector';
import type { TestCollectorOptions } from '@pqcnet/telemetry-test-collector';
import { afterAll, describe, expect, test } from 'vitest';

import type { ProgramOrder } from './testing/export-synchronously-program.ts';

const program = fileURLToPath(new URL('testing/export-synchronously-program.ts', import.meta.url));

// Tests that run side by side can't tell whose end a hook of one test waits for: all are cleaned up after the last.
const programs: ChildProcess[] = [];
const collectors: TestCollector[] = [];
afterAll(async () => {
  for (const child of programs) child.kill('SIGKILL');
  for (const collector of collectors) {
    await collector.close();
    collector.assertScriptConsumed();
  }
});

interface Told {
  readonly parts: readonly {
    readonly from: number;
    readonly to: number;
    readonly status: string;
    readonly code?: string;
    readonly message?: string;
  }[];
  readonly tookMs: number;
}

interface Running {
  readonly pid: number;
  readonly told: Promise<Told>;
}

type Order = Partial<Omit<ProgramOrder, 'options'>> & { readonly options?: Partial<ProgramOrder['options']> };

function run(collector: { readonly url: string }, order: Order = {}): Running {
  const child = spawn(process.execPath, ['--conditions=@pqcnet/source', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  programs.push(child);
  const complete: ProgramOrder = {
    timeoutMs: 20_000,
    ...order,
    options: { url: `${collector.url}/v1/metrics`, ...order.options },
  };
  child.stdin.end(JSON.stringify(complete));
  const told = text(child.stdout).then((output) => JSON.parse(output) as Told);
  return { pid: child.pid ?? 0, told };
}

async function startCollector(options: TestCollectorOptions = {}): Promise<TestCollector> {
  const collector = await TestCollector.start(options);
  collectors.push(collector);
  return collector;
}

/** The sending child of a running program (Linux only), as the machine shows it to its users. */
function sendingChild({ pid }: Running): { readonly pid: number; readonly shown: string } {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
  const [child = 'none'] = children;
  const shown =
    readFileSync(`/proc/${child}/cmdline`, 'utf8') + readFileSync(`/proc/${child}/environ`, 'utf8');
  return { pid: Number(child), shown };
}

describe.concurrent('an export that blocks', { timeout: 60_000 }, () => {
  test.for([
    {},
    { protocol: 'http/protobuf' },
    { compression: 'gzip' },
    { protocol: 'http/protobuf', compression: 'zstd' },
  ] as const)('sends with %o what the usual export sends', async (options) => {
    const collector = await startCollector();
    const headers = { authorization: 'Bearer secret' };
    const { parts } = await run(collector, { alsoUsual: true, options: { ...options, headers } }).told;
    expect(parts).toEqual([{ from: 0, to: 3, status: 'accepted' }]);
    const [usual, blocking] = collector.requests;
    expect(collector.requests).toHaveLength(2);
    expect(blocking?.headers).toEqual(usual?.headers);
    expect(blocking?.rawBody).toEqual(usual?.rawBody);
    expect(blocking?.headers.authorization).toBe('Bearer secret');
  });

  test('goes over mutual TLS', async () => {
    const client = selfSignedCertificate();
    const collector = await startCollector({ tls: { ...selfSignedCertificate(), clientCa: client.cert } });
    const ca = collector.certificate ?? '';
    const { parts } = await run(collector, { transport: { tls: { ca, ...client } } }).told;
    expect(parts).toMatchObject([{ status: 'accepted' }]);
    const untrusting = await run(collector, { transport: { tls: client } }).told;
    expect(untrusting.parts).toMatchObject([{ status: 'not-delivered', code: 'CONNECTION_FAILED' }]);
    expect(collector.sum('ingest.success')).toBe(3n);
  });

  test('settles each request by its answer, and halves one that is too large', async () => {
    const collector = await startCollector();
    collector.script([
      { do: 'accept' },
      { do: 'answer', status: 413 },
      { do: 'partial-success', rejected: 1, message: 'too old' },
      { do: 'answer', status: 400, message: 'no' },
      { do: 'answer', status: 503 },
    ]);
    const { parts } = await run(collector, { points: 40, options: { maxRequestBytes: 1500 } }).told;
    const inOrder = parts.toSorted((a, b) => a.from - b.from);
    expect(inOrder.map(({ status }) => status)).toEqual([
      'accepted',
      'partial',
      'rejected',
      'ambiguous',
      ...inOrder.slice(4).map(() => 'not-delivered'),
    ]);
    expect(inOrder.length).toBeGreaterThan(4);
    expect(inOrder.map(({ from }) => from)).toEqual([0, ...inOrder.slice(0, -1).map(({ to }) => to)]);
    expect(inOrder.at(-1)?.to).toBe(40);
    expect(collector.requests).toHaveLength(5);
  });

  test('sends many requests by one child over one connection', async () => {
    const collector = await startCollector();
    const { parts } = await run(collector, { points: 40, options: { maxRequestBytes: 1500 } }).told;
    expect(new Set(parts.map(({ status }) => status))).toEqual(new Set(['accepted']));
    expect(parts.length).toBeGreaterThan(4);
    expect(collector.requests).toHaveLength(parts.length);
    expect(collector.connections.opened).toBe(1);
    expect(collector.sum('ingest.success')).toBe(40n);
  });

  test('rejects a point that no request has room for', async () => {
    const collector = await startCollector();
    const { parts } = await run(collector, { points: 2, options: { maxRequestBytes: 100 } }).told;
    expect(parts).toMatchObject([
      { from: 0, to: 1, status: 'rejected', code: 'POINT_TOO_LARGE' },
      { from: 1, to: 2, status: 'rejected', code: 'POINT_TOO_LARGE' },
    ]);
    expect(collector.requests).toHaveLength(0);
  });

  test('knows that nothing left when the collector is down', async () => {
    const collector = await startCollector();
    await collector.close();
    const { parts } = await run(collector).told;
    expect(parts).toMatchObject([
      {
        status: 'not-delivered',
        code: 'CONNECTION_FAILED',
        message: expect.stringContaining('ECONNREFUSED'),
      },
    ]);
  });

  test('does not know what became of a request that was not answered in time', async () => {
    const collector = await startCollector();
    collector.script([{ do: 'never-answer' }]);
    const { parts, tookMs } = await run(collector, { timeoutMs: 15_000 }).told;
    expect(parts).toMatchObject([{ status: 'ambiguous', code: 'DEADLINE_EXCEEDED' }]);
    expect(tookMs).toBeLessThan(30_000);
  });

  test('does not know what became of a request whose connection was lost', async () => {
    const collector = await startCollector();
    collector.script([{ do: 'reset', when: 'after-body', store: true }]);
    const { parts } = await run(collector).told;
    expect(parts).toMatchObject([{ status: 'ambiguous', code: 'CONNECTION_LOST' }]);
    expect(collector.sum('ingest.success')).toBe(3n);
  });

  test('knows that nothing left when the child had no time to begin', async () => {
    const collector = await startCollector();
    const { parts } = await run(collector, { timeoutMs: 1 }).told;
    expect(parts).toMatchObject([{ status: 'not-delivered', code: 'DEADLINE_EXCEEDED' }]);
    expect(collector.requests).toHaveLength(0);
  });

  test.for<readonly [string, Order, string]>([
    ['can not be started', { execPath: '/nowhere/node' }, 'ENOENT'],
    ['fails before it begins', { execPath: '/bin/false' }, 'exit code 1'],
    ['would be one of a child', { environment: { PQCNET_TELEMETRY_CHILD: '1' } }, 'such a child itself'],
    ['does not know the transport', { transport: 'own' }, 'no way to do it'],
  ])('knows that nothing left when the child %s', async ([, order, reason]) => {
    const collector = await startCollector();
    const { parts } = await run(collector, order).told;
    expect(parts).toMatchObject([
      { status: 'not-delivered', code: 'TRANSPORT_FAILED', message: expect.stringContaining(reason) },
    ]);
  });

  test('keeps what NODE_OPTIONS loads out of the child', async () => {
    const collector = await startCollector();
    const environment = { NODE_OPTIONS: '--require=/nowhere/instrumentation.js' };
    const { parts } = await run(collector, { environment }).told;
    expect(parts).toMatchObject([{ status: 'accepted' }]);
  });

  test.runIf(process.platform === 'linux')(
    'shows no secret to the users of the machine, and does not know what became of a request whose child was killed',
    async () => {
      const collector = await startCollector();
      collector.script([{ do: 'never-answer' }]);
      const running = run(collector, { options: { headers: { authorization: 'Bearer secret-4711' } } });
      await collector.waitFor(() => collector.requests.length === 1, { timeoutMs: 30_000 });
      expect(collector.requests[0]?.headers.authorization).toBe('Bearer secret-4711');
      const { pid, shown } = sendingChild(running);
      expect(shown).toContain('post-from-stdin');
      expect(shown).not.toContain('secret-4711');
      process.kill(pid, 'SIGKILL');
      const { parts } = await running.told;
      expect(parts).toMatchObject([
        { status: 'ambiguous', code: 'TRANSPORT_FAILED', message: expect.stringContaining('SIGKILL') },
      ]);
    },
  );
});
