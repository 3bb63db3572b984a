import { TelemetryHandle } from '@pqcnet/telemetry-core';
import { OtlpHttpExporter } from '@pqcnet/telemetry-exporter-otlp-http';
import {
  MeterProvider,
  MetricReader,
  InMemoryMetricExporter,
  AggregationTemporality,
} from '@opentelemetry/sdk-metrics';
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { performance } from 'node:perf_hooks';
const series = Number(process.argv[2] ?? 10000),
  kind = process.argv[3] ?? 'counter',
  rounds = Number(process.argv[4] ?? 30);
const metrics = Math.max(1, Math.ceil(series / 2000));
const per = series / metrics;
const med = (a) => a.toSorted((x, y) => x - y)[a.length >> 1];
function cpu(f) {
  const c = process.cpuUsage();
  const t = performance.now();
  const r = f();
  return { r, c, t };
}
async function measure(name, f, extra) {
  const cpus = [],
    walls = [];
  for (let i = 0; i < rounds + 10; i++) {
    extra?.();
    const c = process.cpuUsage();
    const t = performance.now();
    await f();
    const d = process.cpuUsage(c);
    if (i >= 10) {
      cpus.push((d.user + d.system) / 1000);
      walls.push(performance.now() - t);
    }
  }
  console.log(
    name.padEnd(24),
    'cpu ms median',
    med(cpus).toFixed(2),
    'min',
    Math.min(...cpus).toFixed(2),
    'wall median',
    med(walls).toFixed(2),
  );
  return med(cpus);
}
const only = process.argv[5] ?? 'all';
for (const protocol of (process.env.P ?? 'http/json,http/protobuf').split(',')) {
  if (only === 'all' || only === 'ours') {
    let bytes = 0,
      requests = 0;
    const exporter = new OtlpHttpExporter({
      url: 'http://x/v1/metrics',
      protocol,
      labelPlacement: process.env.PLACEMENT ?? 'resource',
      maxRequestBytes: Number(process.env.MAX ?? 4194304),
      transport: {
        releasesBody: !process.env.KEEP,
        async send(r) {
          bytes += r.body.byteLength;
          requests++;
          return { status: 200, headers: {}, body: new Uint8Array(0), bodyTooLarge: false };
        },
        async close() {},
      },
    });
    const handle = new TelemetryHandle({
      exporter,
      cardinalityLimit: 3000,
      resource: { 'service.name': 'x' },
      labels: { component: 'sentry', cluster: 'validator-net' },
    });
    const bound = [];
    for (let m = 0; m < metrics; m++)
      for (let i = 0; i < per; i++) {
        const attributes = { chain: `chain-${i % 50}`, shard: `s${i}` };
        bound.push(
          kind === 'counter'
            ? handle.counter(`metric.${m}`, { attributes })
            : handle.latency(`metric.${m}`, { attributes }),
        );
      }
    let k = 0;
    const rec = () => {
      k++;
      for (let i = 0; i < bound.length; i++)
        kind === 'counter'
          ? bound[i].add(1 + ((i * 7919 + k) % 1000))
          : bound[i].record(((i * 31 + k) % 3000) + 0.5);
    };
    rec();
    const r = await handle.flush();
    if (!r.ok) throw r.error;
    bytes = 0;
    requests = 0;
    const a = await measure(
      `ours ${protocol}`,
      async () => {
        const r = await handle.flush();
        if (!r.ok) throw r.error;
      },
      rec,
    );
    console.log('   bytes/flush', bytes / (rounds + 10), 'requests', requests / (rounds + 10));
  }
}
if (only === 'all' || only === 'peer') {
  class R extends MetricReader {
    async onForceFlush() {}
    async onShutdown() {}
  }
  const reader = new R({
    cardinalitySelector: () => 5000,
    aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE,
  });
  const provider = new MeterProvider({ readers: [reader] });
  const meter = provider.getMeter('x');
  const inst = [],
    attrs = [];
  for (let m = 0; m < metrics; m++)
    inst.push(kind === 'counter' ? meter.createCounter(`metric.${m}`) : meter.createHistogram(`metric.${m}`));
  for (let i = 0; i < per; i++) attrs.push({ chain: `chain-${i % 50}`, shard: `s${i}` });
  let k = 0;
  const rec = () => {
    k++;
    for (const x of inst)
      for (let i = 0; i < attrs.length; i++)
        kind === 'counter'
          ? x.add(1 + ((i * 7919 + k) % 1000), attrs[i])
          : x.record(((i * 31 + k) % 3000) + 0.5, attrs[i]);
  };
  rec();
  for (const [n, s] of [
    ['json', JsonMetricsSerializer],
    ['protobuf', ProtobufMetricsSerializer],
  ]) {
    let bytes = 0;
    await measure(
      `peer ${n}`,
      async () => {
        const { resourceMetrics } = await reader.collect();
        bytes = s.serializeRequest(resourceMetrics).byteLength;
      },
      rec,
    );
    console.log('   bytes', bytes);
  }
}
