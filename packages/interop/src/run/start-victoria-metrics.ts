import { freePort } from './free-port.ts';
import { receiverProgram } from './receiver-program.ts';
import { RunningProcess } from './running-process.ts';
import { type Server, isAnswering } from './server.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

/** startVictoriaMetrics runs a VictoriaMetrics (single node) without data. */
export async function startVictoriaMetrics(flags: readonly string[] = []): Promise<Server> {
  const folder = await makeTemporaryFolder();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const running = await RunningProcess.start({
    title: 'VictoriaMetrics',
    program: receiverProgram('victoria-metrics'),
    args: [
      `-storageDataPath=${folder.path}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      // Queries would leave out the last half minute otherwise.
      '-search.latencyOffset=0s',
      '-memory.allowedBytes=512MB',
      ...flags,
    ],
    isReady: () => isAnswering(`${url}/health`),
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
