import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as passes } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pinnedReceivers } from '../get-receivers/pinned-receivers.ts';
import { freePort } from '../run/free-port.ts';
import type { RunningProcess } from '../run/running-process.ts';
import type { Server } from '../run/server.ts';
import { runCollector } from '../run/start-collector.ts';
import { startPrometheus } from '../run/start-prometheus.ts';

const folder = resolve(import.meta.dirname, '../../../../examples/collector-gateway');

let prometheus: Server;
let gateway: RunningProcess;
let gatewayUrl: string;

beforeAll(async () => {
  prometheus = await startPrometheus({ config: await readFile(join(folder, 'prometheus.yml'), 'utf8') });
  const address = `127.0.0.1:${await freePort()}`;
  gatewayUrl = `http://${address}`;
  gateway = await runCollector(join(folder, 'gateway.yaml'), {
    GATEWAY_ADDRESS: address,
    PROMETHEUS_URL: prometheus.url,
  });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await prometheus[Symbol.asyncDispose]();
});

function versionOf(name: string): string | undefined {
  return pinnedReceivers.find((receiver) => receiver.name === name)?.version;
}

/** Runs the example as its README says. */
function runExample(
  ...more: readonly string[]
): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  const args = ['--conditions=@pqcnet/source', join(folder, 'src/main.ts')];
  args.push(`--gateway=${gatewayUrl}`, `--prometheus=${prometheus.url}`, ...more);
  return new Promise((done) => {
    const child = execFile(process.execPath, args, (_error, stdout, stderr) => {
      done({ exitCode: child.exitCode, output: stdout + stderr });
    });
  });
}

describe('examples/collector-gateway', () => {
  it('brings the counts of three nodes through the gateway to Prometheus', async () => {
    const { exitCode, output } = await runExample();
    expect(output).toContain("Prometheus' sums equal the nodes' own counts.");
    expect(output.match(/counted 210 messages; Prometheus has 210 messages and 210 latencies/g)).toHaveLength(
      3,
    );
    expect(exitCode).toBe(0);
  });

  it('loses nothing when the gateway is killed while the nodes send', async () => {
    const example = runExample('--rounds=30');
    for (let kill = 0; kill < 3; kill += 1) {
      await passes(500);
      await gateway.kill();
      await gateway.startAgain();
    }
    const { exitCode, output } = await example;
    expect(output).toContain("Prometheus' sums equal the nodes' own counts.");
    expect(exitCode).toBe(0);
  });

  it('names the versions in its compose file that are tested here', async () => {
    const compose = await readFile(join(folder, 'compose.yaml'), 'utf8');
    expect(compose).toContain(`image: otel/opentelemetry-collector:${versionOf('otelcol')}\n`);
    expect(compose).toContain(`image: prom/prometheus:v${versionOf('prometheus')}\n`);
  });
});
