import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { receiverProgram } from './receiver-program.ts';
import { RunningProcess } from './running-process.ts';
import type { Server } from './server.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

/** Settings is a part of a Collector's configuration. */
type Settings = Readonly<Record<string, unknown>>;

/** CollectorOptions is what a test wants its Collector to do. */
export interface CollectorOptions {
  /** What the OTLP receiver has besides its address: tls, auth, limits. */
  readonly receiver?: Settings;
  readonly processors?: Readonly<Record<string, Settings>>;
  /** Default: a file, in which `readCollectorFile` reads. */
  readonly exporters?: Readonly<Record<string, Settings>>;
  readonly extensions?: Readonly<Record<string, Settings>>;
  /** The port of the OTLP receiver. Default: a free one. */
  readonly port?: number;
  readonly scheme?: 'http' | 'https';
}

/** Collector is a Collector that runs on loopback. */
export interface Collector extends Server {
  /** What the file exporter writes. */
  readonly file: string;
}

/** startCollector runs an OpenTelemetry Collector with one pipeline, for metrics. */
export async function startCollector(options: CollectorOptions = {}): Promise<Collector> {
  const folder = await makeTemporaryFolder();
  const file = join(folder.path, 'metrics.jsonl');
  const { receiver = {}, processors = {}, extensions = {}, scheme = 'http' } = options;
  const exporters = options.exporters ?? { file: { path: file, append: true, flush_interval: '50ms' } };
  const port = options.port ?? (await freePort());
  const config = {
    extensions,
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}`, ...receiver } } } },
    processors,
    exporters,
    service: {
      extensions: Object.keys(extensions),
      telemetry: { metrics: { level: 'none' } },
      pipelines: {
        metrics: {
          receivers: ['otlp'],
          processors: Object.keys(processors),
          exporters: Object.keys(exporters),
        },
      },
    },
  };
  // JSON is YAML.
  const configFile = join(folder.path, 'collector.yaml');
  await writeFile(configFile, JSON.stringify(config));
  const running = await runCollector(configFile);
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    file,
    process: running,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** runCollector runs a Collector on a file of configuration, with variables for it. */
export function runCollector(
  configFile: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningProcess> {
  return RunningProcess.start({
    title: 'OpenTelemetry Collector',
    program: receiverProgram('otelcol'),
    args: ['--config', configFile],
    environment,
    // Whatever it listens on, it says this when all of it does.
    isReady: async (said) => said.includes('Everything is ready'),
  });
}
