import { parseArgs } from 'node:util';
import { ConfigError, TelemetryHandle, encodeOtlpJson, loadConfig } from '@pqcnet/telemetry';
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { startChainNode } from './chain-node.ts';
import { type Tally, startGateway } from './gateway.ts';
import { snapshotTables } from './print-snapshot.ts';
import { chains, sendTraffic } from './send-traffic.ts';

const usage = `A small dApp gateway takes a few hundred real requests, records them, and flushes a snapshot as OTLP/HTTP.

Usage: npx -y pnpm@12 demo [--endpoint URL]

  --endpoint URL   send to the collector at this base URL (/v1/metrics is appended)
                   instead of a throwaway sink that is started for the demo
  --help           show this

Exit codes: 0 all was delivered (and the sink's sums equal the gateway's own counts);
            1 the flush failed, or the sums differ; 2 the arguments can't be used.`;

/** Runs the demo and gives the exit code. */
async function main(endpoint: string | undefined): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const sink = endpoint === undefined ? stack.use(await TestCollector.start()) : undefined;
  const config = await loadConfig(new URL('../telemetry.toml', import.meta.url), {
    overrides: { endpoint: sink?.url ?? endpoint },
  });
  const telemetry = TelemetryHandle.fromConfig(config);

  const nodeUrls = new Map<string, string>();
  for (const chain of chains) nodeUrls.set(chain, stack.use(await startChainNode(chain)).url);
  const gateway = stack.use(await startGateway(telemetry, nodeUrls));
  const answers = await sendTraffic(gateway.url);
  const byStatus = [...answers]
    .toSorted(([a], [b]) => a - b)
    .map(([status, count]) => `${count} × ${status}`);
  console.log(`The gateway answered: ${byStatus.join(', ')}\n`);

  // A flush tries again while it has time; someone who watches a demo is not kept waiting.
  const result = await telemetry.flush({ timeoutMs: 2000 });
  if (!result.ok) {
    const { code, message, kept } = result.error;
    console.error(`The flush to ${config.metricsUrl} failed (${code}): ${message}`);
    console.error(kept ? 'Everything that was recorded is kept for the next flush.' : 'Some of it is lost.');
    return 1;
  }
  console.log(`${snapshotTables(result.value.snapshot)}\n`);
  await telemetry.shutdown();
  if (sink === undefined) {
    console.log(
      `Delivered to ${config.metricsUrl}:\n${Buffer.from(encodeOtlpJson(result.value.snapshot)).toString()}`,
    );
    return 0;
  }
  console.log(`What reached the collector:\n${String(sink.requests[0]?.body)}\n`);
  return compare(gateway.tally, sink) ? 0 : 1;
}

/** Compares the collector's sums with the gateway's own counts, and says so. */
function compare(tally: Tally, sink: TestCollector): boolean {
  const differences: string[] = [];
  for (const [outcome, counts] of Object.entries(tally) as [string, Map<string, number>][]) {
    for (const [chain, count] of counts) {
      const sum = sink.sum(`ingest.${outcome}`, { chain });
      if (sum !== BigInt(count))
        differences.push(`ingest.${outcome} of ${chain}: counted ${count}, collected ${sum}`);
    }
  }
  if (differences.length === 0) console.log("The collector's sums equal the gateway's own counts.");
  else console.error(`The collector's sums differ from the gateway's own counts:\n${differences.join('\n')}`);
  return differences.length === 0;
}

function readArguments(): { readonly endpoint?: string; readonly help?: boolean } | undefined {
  try {
    return parseArgs({ options: { endpoint: { type: 'string' }, help: { type: 'boolean', short: 'h' } } })
      .values;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return undefined;
  }
}

const given = readArguments();
if (given === undefined) {
  process.exitCode = 2;
} else if (given.help === true) {
  console.log(usage);
} else {
  try {
    process.exitCode = await main(given.endpoint);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
