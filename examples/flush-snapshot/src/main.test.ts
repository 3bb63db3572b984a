import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { expect, it } from 'vitest';

interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the demo as `pnpm demo` does, on the built packages. */
function run(...args: readonly string[]): Promise<Run> {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...args], (_error, stdout, stderr) => {
      resolve({ exitCode: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

it('flushes what really happened, and the collector sums up to the same', { timeout: 30_000 }, async () => {
  const { exitCode, stdout, stderr } = await run();
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  expect(stdout).toContain("The collector's sums equal the gateway's own counts.");
  for (const cause of ['× 400', '× 404', '× 504']) expect(stdout).toContain(cause);
  expect(stdout).toMatch(/latency \(ms\) +series +count +p50 +p90 +p99 +max/);
  const json = stdout.split('What reached the collector:\n')[1]?.split('\n')[0] ?? '';
  for (const name of ['ingest.success', 'ingest.failure', 'pipeline']) {
    expect(JSON.parse(json)).toHaveProperty(
      'resourceMetrics.0.scopeMetrics.0.metrics',
      expect.arrayContaining([expect.objectContaining({ name })]),
    );
  }
});

it('sends to the collector that --endpoint names', { timeout: 30_000 }, async () => {
  await using collector = await TestCollector.start();
  const { exitCode, stdout } = await run('--endpoint', collector.url);
  expect(exitCode).toBe(0);
  expect(collector.sum('ingest.success')).toBeGreaterThan(0n);
  expect(stdout).toContain(
    `Delivered to ${collector.url}/v1/metrics:\n${String(collector.requests[0]?.body)}`,
  );
});

it('ends with the error and exit code 1 when nobody listens there', { timeout: 30_000 }, async () => {
  const collector = await TestCollector.start();
  await collector.close();
  const { exitCode, stderr } = await run('--endpoint', collector.url);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/failed \(CONNECTION_FAILED\): .*ECONNREFUSED/);
  expect(stderr).toContain('kept');
});

it.each([
  [['--help'], 0, /Usage: .*demo/],
  [['--nonsense'], 2, /--nonsense[^]*Usage/],
  [['--endpoint', 'not a url'], 2, /endpoint/],
] as const)('answers to %j with exit code %d', async (args, exitCode, expected) => {
  const ran = await run(...args);
  expect(ran.exitCode).toBe(exitCode);
  expect(ran.stdout + ran.stderr).toMatch(expected);
});
