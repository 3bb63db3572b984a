/**
 * Measures what a test pays for the collector, with the client in the same process, as it is in a test: small requests a
 * second over ten kept-alive connections, and a protobuf body of 4 MiB, with the longest time the event loop stood still.
 * Decoding alone is set beside the protobuf library's own decoder.
 */
import { Agent } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { fromBinary } from '@bufbuild/protobuf';
import { decodeProtobuf } from '../src/decode-protobuf.ts';
import { TestCollector } from '../src/index.ts';
import { descriptorOf, encodeProtobuf } from '../src/testing/encode-protobuf.ts';
import { counterBody } from '../src/testing/metrics-body.ts';
import { send } from '../src/testing/send-request.ts';

const type = 'ExportMetricsServiceRequest';
const protobuf = { 'content-type': 'application/x-protobuf' };
const small = counterBody('ingest.success', [{ value: 3n, attributes: { chain: 'base' } }]);
const rounds = 5;

async function smallRequests(body: string | Uint8Array, headers: Record<string, string>): Promise<number> {
  const requests = 4000;
  await using collector = await TestCollector.start();
  const agent = new Agent({ keepAlive: true, maxSockets: 10 });
  let left = requests;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      while (left > 0) {
        left -= 1;
        await send(collector.url, { body, headers, agent });
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  agent.destroy();
  if (collector.requests.length !== requests) throw new Error('some requests did not arrive');
  return requests / seconds;
}

async function largeBody(body: Uint8Array): Promise<{ answerMs: number; stillMs: number }> {
  await using collector = await TestCollector.start();
  await wait(50);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  const { status } = await send(collector.url, { body, headers: protobuf });
  const answerMs = performance.now() - start;
  delay.disable();
  if (status !== 200) throw new Error(`answered ${status}`);
  return { answerMs, stillMs: delay.max / 1e6 };
}

async function startAndClose(): Promise<number> {
  const start = performance.now();
  await using _ = await TestCollector.start();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function repeat<Value>(measure: () => Promise<Value>): Promise<Value[]> {
  const values: Value[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const value = await measure();
    if (round > 0) values.push(value); // the first one warms up
  }
  return values;
}

const points = Array.from({ length: 44_000 }, (_, index) => ({
  value: BigInt(index),
  attributes: { chain: `chain-${index % 10}`, route: `/route/${index}`, shard: 'eu-west-1' },
}));
const large = encodeProtobuf(type, counterBody('ingest.success', points));

const started = await repeat(startAndClose);
const json = await repeat(async () => smallRequests(JSON.stringify(small), {}));
const binary = await repeat(async () => smallRequests(encodeProtobuf(type, small), protobuf));
const whole = await repeat(async () => largeBody(large));
const ours = await repeat(async () => {
  const start = performance.now();
  await decodeProtobuf(type, large);
  return performance.now() - start;
});
const library = await repeat(async () => {
  const start = performance.now();
  fromBinary(descriptorOf(type), large);
  return performance.now() - start;
});

process.stdout.write(`median of ${rounds} rounds, node ${process.versions.node}
start until it listens:             ${median(started).toFixed(1)} ms
small JSON requests a second:       ${Math.round(median(json))}
small protobuf requests a second:   ${Math.round(median(binary))}
protobuf body of ${(large.length / 2 ** 20).toFixed(2)} MiB, ${points.length} points:
  from sending to the answer:       ${Math.round(median(whole.map(({ answerMs }) => answerMs)))} ms
  longest stand-still of the loop:  ${median(whole.map(({ stillMs }) => stillMs)).toFixed(1)} ms
  decoding, in slices:              ${Math.round(median(ours))} ms
  the library's decoder, in one go: ${Math.round(median(library))} ms
`);
