import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { receiverProgram } from './receiver-program.ts';
import { RunningProcess } from './running-process.ts';
import { type Server, isAnswering } from './server.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

/** PrometheusOptions is what a test wants to be different. */
export interface PrometheusOptions {
  /** The text of prometheus.yml. Default: empty. */
  readonly config?: string;
  readonly features?: readonly string[];
}

/** startPrometheus runs a Prometheus with its OTLP receiver, without data. */
export async function startPrometheus({
  config = '',
  features = [],
}: PrometheusOptions = {}): Promise<Server> {
  const folder = await makeTemporaryFolder();
  const configFile = join(folder.path, 'prometheus.yml');
  const data = join(folder.path, 'data');
  await mkdir(data);
  await writeFile(configFile, config);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const running = await RunningProcess.start({
    title: 'Prometheus',
    program: receiverProgram('prometheus'),
    args: [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${data}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-otlp-receiver',
      ...(features.length > 0 ? [`--enable-feature=${features.join(',')}`] : []),
    ],
    isReady: () => isAnswering(`${url}/-/ready`),
  });
  return {
    url,
    process: running,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
