import cluster from 'node:cluster';
import { once } from 'node:events';
import { TelemetryHandle } from '@pqcnet/telemetry';
import { TestCollector } from '@pqcnet/telemetry-test-collector';

// Processes share no memory: each has a handle of its own, under a service.instance.id of its own, and the backend adds
// up. Nothing has to be done for that: the id is fresh for each process unless it is configured.
const processes = 3;
const requestsEach = 100;

if (cluster.isPrimary) await runPrimary();
else await runWorker();

async function runPrimary(): Promise<void> {
  await using collector = await TestCollector.start();
  await Promise.all(
    Array.from({ length: processes }, () => once(cluster.fork({ COLLECTOR_URL: collector.url }), 'exit')),
  );
  const instances = new Set(collector.resources().map((resource) => resource['service.instance.id']));
  const total = collector.sum('requests');
  console.log(`${instances.size} instances, ${total} requests`);
  if (instances.size !== processes || total !== BigInt(processes * requestsEach)) process.exitCode = 1;
}

async function runWorker(): Promise<void> {
  const telemetry = TelemetryHandle.fromConfig({ endpoint: process.env['COLLECTOR_URL'] });
  const requests = telemetry.counter('requests');
  for (let request = 0; request < requestsEach; request++) requests.add(1);
  const result = await telemetry.shutdown();
  if (!result.ok) throw result.error;
  cluster.worker?.disconnect();
}
