import { join } from 'node:path';
import { setTimeout as passes } from 'node:timers/promises';
import { TelemetryHandle, loadConfig } from '@pqcnet/telemetry';

// A node: it takes messages for some rounds, flushes on its own beat, and prints what it counted itself.
const rounds = Number(process.argv[2] ?? 20);
const betweenRoundsMs = 100;

const telemetry = TelemetryHandle.fromConfig(
  await loadConfig(join(import.meta.dirname, '../telemetry.toml')),
);
telemetry.onFlush((result) => {
  if (!result.ok) console.error(result.error.code, result.error.message, { kept: result.error.kept });
});
telemetry.start();

const taken = telemetry.counter('ingest.success', { attributes: { chain: 'base' } });
const pipeline = telemetry.latency('pipeline', { attributes: { chain: 'base' } });
let messages = 0;
for (let round = 1; round <= rounds; round += 1) {
  for (let message = 0; message < round; message += 1) pipeline.time(() => taken.add(1));
  messages += round;
  telemetry.recordGauge('queue.depth', rounds - round);
  await passes(betweenRoundsMs);
}
await telemetry.shutdown();

const { pending, rejected } = telemetry.account();
console.log(JSON.stringify({ messages, undelivered: Number(pending + rejected) }));
