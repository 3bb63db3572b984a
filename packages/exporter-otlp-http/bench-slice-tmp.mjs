import { setTimeout as sleep } from 'node:timers/promises';
import { TelemetryHandle } from '@pqcnet/telemetry-core';
import { OtlpHttpExporter } from '@pqcnet/telemetry-exporter-otlp-http';
import { SnapshotEncoding } from '/work/main/packages/exporter-otlp-http/src/encode/snapshot-encoding.ts';
import { RequestEncoder } from '/work/main/packages/exporter-otlp-http/src/encode/request-encoder.ts';
const slices = [];
const orig = RequestEncoder.prototype.step;
RequestEncoder.prototype.step = function (f) {
  const t = performance.now();
  const r = orig.call(this, f);
  slices.push(performance.now() - t);
  return r;
};
const [series, kind, protocol] = [
  Number(process.argv[2] ?? 100000),
  process.argv[3] ?? 'counter',
  process.argv[4] ?? 'http/json',
];
const exporter = new OtlpHttpExporter({
  url: 'http://x/v1/metrics',
  protocol,
  labelPlacement: process.env.PLACEMENT ?? 'both',
  transport: {
    releasesBody: true,
    async send(r) {
      return { status: 200, headers: {}, body: new Uint8Array(0), bodyTooLarge: false };
    },
    async close() {},
  },
});
const handle = new TelemetryHandle({
  exporter,
  cardinalityLimit: 3000,
  labels: { component: 'sentry', cluster: 'validator-net' },
});
const bound = [];
global.gc?.();
const m0 = process.memoryUsage();
for (let m = 0; m < series / 2000; m++)
  for (let i = 0; i < 2000; i++) {
    const attributes = { chain: `chain-${i % 50}`, shard: `s${i}` };
    bound.push(
      kind === 'counter'
        ? handle.counter(`metric.${m}`, { attributes })
        : handle.latency(`metric.${m}`, { attributes }),
    );
  }
const rec = () => {
  for (let i = 0; i < bound.length; i++)
    kind === 'counter' ? bound[i].add(i % 1000) : bound[i].record((i % 2000) + 0.25);
};
rec();
global.gc?.();
const m1 = process.memoryUsage();
for (let i = 0; i < 8; i++) {
  slices.length = 0;
  const u = process.cpuUsage();
  const t = performance.now();
  const r = await handle.flush({ timeoutMs: 60000 });
  if (!r.ok) throw r.error;
  const w = performance.now() - t,
    d = process.cpuUsage(u);
  const s = slices.toSorted((a, b) => b - a);
  console.log(
    i,
    'wall',
    w.toFixed(1),
    'cpu',
    ((d.user + d.system) / 1000).toFixed(1),
    'slices',
    s.length,
    'longest',
    s
      .slice(0, 4)
      .map((x) => x.toFixed(2))
      .join(' '),
  );
  rec();
  await sleep(10);
}
global.gc?.();
const m2 = process.memoryUsage();
console.log(
  'heap B/series before',
  ((m1.heapUsed + m1.external - m0.heapUsed - m0.external) / series).toFixed(1),
  'added after flushes: heap',
  ((m2.heapUsed - m1.heapUsed) / series).toFixed(1),
  'external',
  ((m2.external - m1.external) / series).toFixed(1),
);
