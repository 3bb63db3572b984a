import { parentPort } from 'node:worker_threads';
import type { Exporter } from '../exporter.ts';
import { TelemetryHandle } from '../telemetry-handle.ts';

// Flushes many times, and posts how much the process held after each, in bytes of array buffers.
const exporter: Exporter = { temporality: 'cumulative', export: async () => ({ status: 'accepted' }) };
const telemetry = new TelemetryHandle({ exporter, cardinalityLimit: 20_000 });
const latencies = Array.from({ length: 10_000 }, (_, series) =>
  telemetry.latency(`latency.${series % 10}`, { attributes: { series } }),
);
const held: number[] = [];
/** What a service makes beside: without it, young objects are collected too seldom. */
let requests: object[] = [];
for (let flush = 0; flush < 100; flush++) {
  for (const latency of latencies) latency.record(flush);
  requests = Array.from({ length: 70_000 }, (_, request) => ({ request }));
  await telemetry.flush();
  held.push(process.memoryUsage().arrayBuffers);
}
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have none
parentPort?.postMessage(held.slice(0, requests.length));
