import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TelemetryHandle } from '@pqcnet/telemetry';
import { JsonLinesExporter } from './json-lines-exporter.ts';

// Hashes this example's own sources, and flushes after each: one line per flush, each with the totals so far.
const path = process.argv[2] ?? join(await mkdtemp(join(tmpdir(), 'telemetry-')), 'metrics.jsonl');
const telemetry = TelemetryHandle.fromConfig(
  { timeoutMs: 2000, labels: { component: 'hasher' } },
  { exporter: new JsonLinesExporter({ path }) },
);
const bytes = telemetry.counter('hash.bytes', { unit: 'By' });
const duration = telemetry.latency('hash.duration');

for (const name of await readdir(import.meta.dirname)) {
  const file = await readFile(join(import.meta.dirname, name));
  duration.time(() => createHash('sha256').update(file).digest());
  bytes.add(file.byteLength);
  const result = await telemetry.flush();
  if (result.ok) continue;
  const { code, message, kept } = result.error;
  console.error(`The flush failed (${code}): ${message}. ${kept ? 'The data are kept.' : ''}`.trimEnd());
  process.exitCode = 1;
  break;
}
await telemetry.shutdown();
if (process.exitCode === undefined) console.log(`${bytesOf()} bytes hashed; the lines are in ${path}`);

function bytesOf(): bigint {
  return telemetry.snapshot().total('hash.bytes');
}
