import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { expect, test } from 'vitest';

const servicePath = fileURLToPath(new URL('service.ts', import.meta.url));

test('the service counts its requests by route', async () => {
  await using collector = await TestCollector.start();
  const service = spawn(process.execPath, [servicePath], {
    env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = (await once(service.stdout, 'data')) as [Buffer];

  await fetch(`${url.toString().trim()}/health`);
  await fetch(`${url.toString().trim()}/health`);

  await collector.waitFor(() => collector.sum('http.requests', { route: '/health' }) === 2n);
  const ended = once(service, 'exit');
  service.kill('SIGTERM');
  await ended;
  expect(collector.requests.every(({ status }) => status === 200)).toBe(true);
});
