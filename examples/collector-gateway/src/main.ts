import { parseArgs } from 'node:util';
import { runNodes } from './run-nodes.ts';

// Runs some nodes against the gateway, and compares what Prometheus adds up with what they counted themselves.
const { values } = parseArgs({
  options: {
    gateway: { type: 'string', default: 'http://localhost:4318' },
    prometheus: { type: 'string', default: 'http://localhost:9090' },
    nodes: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '20' },
  },
});

const tallies = await runNodes({
  nodes: Number(values.nodes),
  rounds: Number(values.rounds),
  gatewayUrl: values.gateway,
});

for (const { instance, messages, undelivered } of tallies) {
  const selector = `cluster="example-net",chain="base",instance="${instance}"`;
  const counted = await ask(`sum(ingest_success_total{${selector}})`);
  const timed = await ask(`sum(pipeline_milliseconds_count{${selector}})`);
  const isSame = counted === messages && timed === messages && undelivered === 0;
  console.log(
    `${instance}: counted ${messages} messages; Prometheus has ${counted} messages and ${timed} latencies${isSame ? '' : ' ✗'}`,
  );
  if (!isSame) process.exitCode = 1;
}
if (process.exitCode === undefined) console.log("Prometheus' sums equal the nodes' own counts.");

/** The value of an expression of PromQL that gives one; NaN when it gives none. */
async function ask(query: string): Promise<number> {
  const response = await fetch(`${values.prometheus}/api/v1/query`, {
    method: 'POST',
    body: new URLSearchParams({ query }),
  });
  const { data } = (await response.json()) as {
    readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
  };
  return Number(data.result[0]?.value[1]);
}
