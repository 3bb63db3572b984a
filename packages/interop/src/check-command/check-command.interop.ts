import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '../run/server.ts';
import { startCollector } from '../run/start-collector.ts';
import { startPrometheus } from '../run/start-prometheus.ts';
import { startVictoriaMetrics } from '../run/start-victoria-metrics.ts';
import { makeTemporaryFolder } from '../run/temporary-folder.ts';

const command = fileURLToPath(new URL('../../../telemetry/src/command/main.ts', import.meta.url));

/** Runs `check` on a configuration, in a process of its own. */
async function check(toml: string): Promise<{ readonly exitCode: unknown; readonly output: string }> {
  await using folder = await makeTemporaryFolder();
  await writeFile(join(folder.path, 'telemetry.toml'), `[telemetry]\n${toml}`);
  const args = ['--conditions=@pqcnet/source', command, 'check', 'telemetry.toml'];
  // Awaited here, since the folder goes at the end.
  return await new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder.path, env: {} }, (error, output, errors) => {
      resolve({ exitCode: error === null ? 0 : error.code, output: output + errors });
    });
  });
}

type Row = readonly [path: string, toml: string, advice: RegExp | undefined];

const protobuf = 'protocol = "http/protobuf"';

/** What `check` says of a receiver at a base path with some settings: what to do, or nothing when it is taken. */
const receivers: readonly (readonly [title: string, start: () => Promise<Server>, rows: readonly Row[]])[] = [
  [
    'OpenTelemetry Collector',
    startCollector,
    [
      ['', '', undefined],
      ['', `${protobuf}\ncompression = "zstd"\ntemporality = "delta"`, undefined],
      ['/otlp', '', /An OpenTelemetry Collector has no path before it/],
    ],
  ],
  [
    'Prometheus',
    startPrometheus,
    [
      ['/api/v1/otlp', '', undefined],
      ['/api/v1/otlp', `${protobuf}\nlatency-histogram = "exponential"`, undefined],
      ['', '', /Prometheus \/api\/v1\/otlp/],
      ['/api/v1/otlp', 'temporality = "delta"', /temporality = "cumulative"/],
      ['/api/v1/otlp', 'compression = "zstd"', /compression = "gzip"/],
    ],
  ],
  [
    'VictoriaMetrics',
    startVictoriaMetrics,
    [
      ['/opentelemetry', protobuf, undefined],
      ['', protobuf, /VictoriaMetrics \/opentelemetry/],
      ['/opentelemetry', '', /protocol = "http\/protobuf"/],
    ],
  ],
];

describe.each(receivers)('check tells of %s', (_, start, rows) => {
  let server: Server;

  beforeAll(async () => {
    server = await start();
  });

  afterAll(() => server[Symbol.asyncDispose]());

  it.each(rows)('at "%s" with %j', async (path, toml, advice) => {
    const { exitCode, output } = await check(`endpoint = "${server.url}${path}"\n${toml}`);
    const arrows = output.split('\n').filter((line) => line.startsWith('  → '));
    if (advice === undefined) expect({ exitCode, arrows }).toEqual({ exitCode: 0, arrows: [] });
    else
      expect({ exitCode, said: arrows.join('\n') }).toEqual({
        exitCode: 3,
        said: expect.stringMatching(advice),
      });
  });
});
