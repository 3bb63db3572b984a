import { setTimeout as delay } from 'node:timers/promises';
import type { Meter } from '@opentelemetry/api';
import { JsonMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { TelemetryHandle } from '@pqcnet/telemetry-core';
import { OtlpHttpExporter } from '@pqcnet/telemetry-exporter-otlp-http';
import { Counter, Histogram, Registry } from 'prom-client';
import { makeMeter } from '../contenders/make-meter.ts';
import { type SeriesKind, metricNames, metricOf } from '../contenders/many-series.ts';
import { makeSink } from '../contenders/sink-transport.ts';
import { collectGarbage } from '../measure/collect-garbage.ts';
import { summarize } from '../measure/summarize.ts';
import { defaultBounds } from '../record/bound-latency.ts';
import { type TwoAttributes, makeSeries } from '../record/series-attributes.ts';
import type { Contender, Effort, Measure, Row } from '../row.ts';

/** Holder is a contender whose memory is weighed. */
interface Holder {
  readonly contender: Contender;
  /** Records once in every series. */
  record(): void;
  /** Delivers once, to nowhere: what stays behind of it counts. */
  deliver(): Promise<void>;
}

/**
 * The bytes in use: V8's heap, and outside it what its objects hold (`external`, which the array buffers are part of).
 * The strings of the attributes were made before, by the caller, and count for nobody.
 */
async function bytesInUse(): Promise<number> {
  collectGarbage();
  // Some things are let go of only in a later turn of the event loop.
  await delay(20);
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function makeOurs(kind: SeriesKind, series: readonly TwoAttributes[]): Holder {
  const exporter = new OtlpHttpExporter({ url: 'http://localhost:4318/v1/metrics', transport: makeSink() });
  const handle = new TelemetryHandle({ exporter });
  const names = metricNames(series.length);
  return {
    contender: '@pqcnet/telemetry',
    record() {
      for (const [i, { chain, account }] of series.entries()) {
        const name = names[metricOf(i)] as string;
        if (kind === 'counter') handle.recordCounter(name, 1, { chain, account });
        else handle.recordLatencyMs(name, 1, { chain, account });
      }
    },
    async deliver() {
      const result = await handle.flush();
      if (!result.ok) throw result.error;
    },
  };
}

function makePeer(kind: SeriesKind, series: readonly TwoAttributes[]): Holder {
  const { meter, collect } = makeMeter();
  const instruments = metricNames(series.length).map((name) => recordsOf(meter, kind, name));
  return {
    contender: 'OpenTelemetry JS',
    record() {
      for (const [i, { chain, account }] of series.entries()) {
        instruments[metricOf(i)]?.(1, { chain, account });
      }
    },
    async deliver() {
      const bytes = JsonMetricsSerializer.serializeRequest((await collect()).resourceMetrics);
      if (bytes === undefined) throw new Error('the peer serialized nothing');
    },
  };
}

function recordsOf(
  meter: Meter,
  kind: SeriesKind,
  name: string,
): (value: number, attributes: Record<string, string>) => void {
  if (kind === 'counter') {
    const counter = meter.createCounter(name);
    return (value, attributes) => counter.add(value, attributes);
  }
  const histogram = meter.createHistogram(name, { unit: 'ms' });
  return (value, attributes) => histogram.record(value, attributes);
}

function makePrometheus(kind: SeriesKind, series: readonly TwoAttributes[]): Holder {
  const registry = new Registry();
  const labelNames = ['chain', 'account'];
  const metrics = metricNames(series.length).map((name) => {
    const options = { name: name.replaceAll('.', '_'), help: name, labelNames, registers: [registry] };
    return kind === 'counter' ? new Counter(options) : new Histogram({ ...options, buckets: defaultBounds });
  });
  return {
    contender: 'prom-client',
    record() {
      for (const [i, { chain, account }] of series.entries()) {
        const metric = metrics[metricOf(i)];
        if (metric instanceof Counter) metric.inc({ chain, account }, 1);
        else metric?.observe({ chain, account }, 1);
      }
    },
    async deliver() {
      await registry.metrics();
    },
  };
}

/** A function of its own, so that nothing of one holder is alive when the next is weighed. */
async function weighOnce(make: () => Holder) {
  const before = await bytesInUse();
  const holder = make();
  holder.record();
  const recordedBytes = (await bytesInUse()) - before;
  await holder.deliver();
  const deliveredBytes = (await bytesInUse()) - before;
  // Used once more, so that it is alive until here.
  holder.record();
  return { contender: holder.contender, recordedBytes, deliveredBytes };
}

async function weigh(kind: SeriesKind, effort: Effort): Promise<readonly Measure[]> {
  const length = effort.maxSeries;
  const series = makeSeries(length);
  const makers = [makeOurs, makePeer, makePrometheus];
  const recorded = makers.map(() => [] as number[]);
  const delivered = makers.map(() => [] as number[]);
  const contenders: Contender[] = [];
  for (let repetition = -1; repetition < Math.min(3, effort.repetitions); repetition += 1) {
    for (const [i, make] of makers.entries()) {
      const weight = await weighOnce(() => make(kind, series));
      contenders[i] = weight.contender;
      // The first time is not counted: it compiles.
      if (repetition < 0) continue;
      recorded[i]?.push(weight.recordedBytes / length);
      delivered[i]?.push(weight.deliveredBytes / length);
    }
  }
  const figures = (all: readonly (readonly number[])[]): Measure['figures'] =>
    contenders.map((contender, i) => ({ contender, summary: summarize(all[i] ?? []) }));
  return [
    {
      what: 'heap, after a delivery',
      unit: 'B/series',
      figures: figures(delivered),
      target: kind === 'counter' ? { kind: 'share', atMost: 0.45 } : { kind: 'share', atMost: 0.4 },
    },
    { what: 'heap, before any delivery', unit: 'B/series', figures: figures(recorded) },
  ];
}

export const memoryRows: readonly Row[] = [
  {
    id: 'heap-counters',
    group: 'memory',
    title: 'heap per counter series of two attributes',
    run: (effort) => weigh('counter', effort),
  },
  {
    id: 'heap-histograms',
    group: 'memory',
    title: 'heap per histogram series of two attributes',
    run: (effort) => weigh('histogram', effort),
  },
];
