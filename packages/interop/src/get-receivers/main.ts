import { existsSync } from 'node:fs';
import { buildReceiver } from './build-receiver.ts';
import { pinnedReceivers } from './pinned-receivers.ts';
import { cacheFolder, receiverPath } from './receiver-path.ts';
import { MissingGoError } from './run-go.ts';

/** How often a build that goes on says so. */
const betweenReportsMs = 15_000;

/** Puts every receiver in the cache; what is there already is left alone. */
async function getReceivers(): Promise<void> {
  for (const receiver of pinnedReceivers) {
    const path = receiverPath(receiver);
    const name = `${receiver.title} ${receiver.version}`;
    if (existsSync(path)) {
      console.log(`${name}: ${path}`);
      continue;
    }
    console.log(`${name}: is built from its Go modules, which takes minutes the first time …`);
    const startedMs = performance.now();
    const elapsed = (): string => `${Math.round((performance.now() - startedMs) / 1000)} s`;
    let lines = 0;
    let lastLine = '';
    const reports = setInterval(
      () => console.log(`${name}: ${elapsed()}, ${lines} modules and packages so far; ${lastLine}`),
      betweenReportsMs,
    );
    try {
      await buildReceiver(receiver, path, (line) => {
        lines += 1;
        lastLine = line;
      });
    } finally {
      clearInterval(reports);
    }
    console.log(`${name}: built in ${elapsed()}: ${path}`);
  }
}

try {
  await getReceivers();
} catch (error) {
  if (error instanceof MissingGoError) console.error(error.message);
  else console.error('A receiver could not be had, so nothing was tested.', error);
  console.error(`The cache is ${cacheFolder()}; PQCNET_INTEROP_CACHE names another folder.`);
  process.exitCode = 1;
}
