import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { TelemetryHandle } from '@pqcnet/telemetry';
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import type { HashJob } from './hash-files.ts';

// Hashes the source files of a package in several workers, and compares what reached the collector with the files.
const directory = join(import.meta.dirname, '../../../packages/core/src');
const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(directory, name));
const workers = 4;

await using collector = await TestCollector.start();
await using telemetry = TelemetryHandle.fromConfig({ endpoint: collector.url });
const shared = telemetry.share();

await Promise.all(
  Array.from({ length: workers }, (_, worker) => {
    const job: HashJob = { worker, files: files.filter((_file, i) => i % workers === worker), shared };
    return once(new Worker(new URL('hash-files.ts', import.meta.url), { workerData: job }), 'exit');
  }),
);
// The workers are gone; what they recorded is here.
const result = await telemetry.flush();
if (!result.ok) throw result.error;

const { snapshot } = result.value;
for (let worker = 0; worker < workers; worker++) {
  const { count = 0, max = 0 } = snapshot.latency('hash.duration', { worker }) ?? {};
  console.log(
    `worker ${worker}: ${snapshot.total('files.hashed', { worker })} files, ${count} timed, slowest ${max.toFixed(2)} ms`,
  );
}
const hashed = collector.sum('files.hashed');
const bytes = collector.sum('bytes.hashed');
console.log(`collector: ${hashed} files, ${bytes} bytes`);
const size = files.reduce((sum, file) => sum + statSync(file).size, 0);
if (hashed !== BigInt(files.length) || bytes !== BigInt(size)) {
  console.error(`expected ${files.length} files, ${size} bytes`);
  process.exitCode = 1;
}
