import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { type SharedTelemetry, TelemetryHandle } from '@pqcnet/telemetry';

/** HashJob is what a worker is to do, and where it records. */
export interface HashJob {
  readonly worker: number;
  readonly files: readonly string[];
  readonly shared: SharedTelemetry;
}

// The whole of the worker. It never waits, so it could not answer if the main thread asked it for its counts.
const { worker, files, shared } = workerData as HashJob;
const telemetry = TelemetryHandle.attach(shared);
const attributes = { worker };
const hashed = telemetry.counter('files.hashed', { attributes, unit: '{file}' });
const bytes = telemetry.counter('bytes.hashed', { attributes, unit: 'By' });
const duration = telemetry.latency('hash.duration', { attributes, boundsMs: [0.1, 1, 10, 100] });

for (const file of files) {
  const content = readFileSync(file);
  duration.time(() => createHash('sha256').update(content).digest());
  bytes.add(content.byteLength);
  hashed.add(1);
}
