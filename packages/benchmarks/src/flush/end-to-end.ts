import { deepStrictEqual } from 'node:assert';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { TelemetryHandle } from '@pqcnet/telemetry-core';
import { OtlpHttpExporter, type OtlpProtocol } from '@pqcnet/telemetry-exporter-otlp-http';
import { type ManySeries, oursWithManySeries, peerWithManySeries } from '../contenders/many-series.ts';
import { type Runner, measureRuns } from '../measure/measure-runs.ts';
import { moduleBeside } from '../module-beside.ts';
import type { Effort, Measure, Row } from '../row.ts';
import type { CollectorMessage } from './collector-process.ts';

const series = 10_000;
/** No beat of its own in this time. */
const oneDayMs = 86_400_000;

interface Sender extends Runner {
  readonly many: ManySeries;
  close(): Promise<void>;
}

function ourSender(url: string, protocol: OtlpProtocol): Sender {
  const handle = new TelemetryHandle({ exporter: new OtlpHttpExporter({ url, protocol }) });
  const many = oursWithManySeries(handle, { kind: 'counter', series });
  return {
    contender: '@pqcnet/telemetry',
    many,
    prepare: () => many.recordAll(),
    async run() {
      const result = await handle.flush();
      if (!result.ok) throw result.error;
    },
    async close() {
      await handle.shutdown();
    },
  };
}

function peerSender(url: string, protocol: OtlpProtocol): Sender {
  const exporter = protocol === 'http/json' ? new JsonExporter({ url }) : new ProtobufExporter({ url });
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: oneDayMs });
  const provider = new MeterProvider({ readers: [reader] });
  const many = peerWithManySeries(provider.getMeter('benchmarks'), { kind: 'counter', series });
  return {
    contender: 'OpenTelemetry JS',
    many,
    prepare: () => many.recordAll(),
    run: () => provider.forceFlush(),
    close: () => provider.shutdown(),
  };
}

async function ask(collector: ChildProcess, question?: number): Promise<CollectorMessage> {
  const answer = once(collector, 'message');
  if (question !== undefined) collector.send(question);
  const [message] = await answer;
  return message as CollectorMessage;
}

async function compareSenders(protocol: OtlpProtocol, effort: Effort): Promise<readonly Measure[]> {
  const collector = fork(fileURLToPath(moduleBeside('./collector-process', import.meta.url)), {
    execArgv: [],
  });
  try {
    const started = await ask(collector);
    if (!('url' in started)) throw new Error('the collector did not start');
    const url = `${started.url}/v1/metrics`;
    const senders = [ourSender(url, protocol), peerSender(url, protocol)];
    const { cpuMs, wallMs } = await measureRuns(senders, { repetitions: effort.repetitions, batch: 1 });
    for (const sender of senders) {
      await sender.run();
      const decoded = await ask(collector, series);
      deepStrictEqual(decoded, { points: series, sum: sender.many.tally()[0] }, sender.contender);
      await sender.close();
    }
    return [
      { what: 'CPU', unit: 'ms', figures: cpuMs, target: { kind: 'times', atLeast: 5 } },
      { what: 'wall time', unit: 'ms', figures: wallMs },
    ];
  } finally {
    collector.disconnect();
  }
}

export const endToEndRows: readonly Row[] = (['http/json', 'http/protobuf'] as const).map((protocol) => {
  const encoding = protocol === 'http/json' ? 'JSON' : 'protobuf';
  return {
    id: `end-to-end-${encoding.toLowerCase()}`,
    group: 'flush',
    title: `10 k counters, flush to an answered request, ${encoding}`,
    run: (effort) => compareSenders(protocol, effort),
  };
});
