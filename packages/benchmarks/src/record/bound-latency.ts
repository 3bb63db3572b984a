import type { TelemetryHandle } from '@pqcnet/telemetry-core';
import { Histogram, Registry } from 'prom-client';
import { makeExponentialHandle, makeHandle, tallyOfHistograms } from '../contenders/make-handle.ts';
import { makeMeter, tallyOfCollected } from '../contenders/make-meter.ts';
import { makeStatsd } from '../contenders/make-statsd.ts';
import { tallyOfRegistry } from '../contenders/read-registry.ts';
import type { Row } from '../row.ts';
import { measureRecorders } from './measure-recorders.ts';
import type { Recorder, RecordingCase } from './recorder.ts';
import { Sequence } from './sequence.ts';
import { makeSeries } from './series-attributes.ts';

/** OpenTelemetry's default bounds, which ours has as well. */
export const defaultBounds: number[] = [
  0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000,
];

const series = 64;

/** As with counters: the peer's histograms without attributes against our series by two attributes. */
export function boundLatencyCase(): RecordingCase {
  const sequence = Sequence.ofLatencies(series);
  return {
    recorders: [
      ours(makeHandle(), sequence),
      openTelemetry(sequence, false),
      openTelemetryWithAttributes(sequence, false),
      prometheus(sequence),
      hotShots(sequence),
    ],
    tallyAfter: (calls) => sequence.tallyAfter(calls),
  };
}

/** Base-2 exponential histograms; undefined as long as ours can't be told to have them. */
export function boundExponentialLatencyCase(): RecordingCase | undefined {
  const sequence = Sequence.ofLatencies(series);
  const handle = makeExponentialHandle();
  if (handle === undefined) return undefined;
  return {
    recorders: [
      ours(handle, sequence),
      openTelemetry(sequence, true),
      openTelemetryWithAttributes(sequence, true),
    ],
    tallyAfter: (calls) => sequence.tallyAfter(calls),
  };
}

function ours(handle: TelemetryHandle, { order, values, mask }: Sequence): Recorder {
  const latencies = makeSeries(series).map((attributes, i) =>
    handle.latency(`pipeline.${i % 10}`, { attributes }),
  );
  const recordOne = (call: number): void => {
    latencies[order[call & mask] as number]?.record(values[call & mask] as number);
  };
  let next = 0;
  return {
    contender: '@pqcnet/telemetry',
    record(calls) {
      const end = next + calls;
      for (let call = next; call < end; call += 1) recordOne(call);
      next = end;
    },
    tally: () => tallyOfHistograms(handle.snapshot()),
  };
}

function openTelemetry({ order, values, mask }: Sequence, exponential: boolean): Recorder {
  const { meter, collect } = makeMeter({ exponential });
  const histograms = Array.from({ length: series }, (_, i) => meter.createHistogram(`pipeline.${i}`));
  const recordOne = (call: number): void => {
    histograms[order[call & mask] as number]?.record(values[call & mask] as number);
  };
  let next = 0;
  return {
    contender: 'OpenTelemetry JS',
    record(calls) {
      const end = next + calls;
      for (let call = next; call < end; call += 1) recordOne(call);
      next = end;
    },
    tally: async () => tallyOfCollected(await collect()),
  };
}

function openTelemetryWithAttributes({ order, values, mask }: Sequence, exponential: boolean): Recorder {
  const { meter, collect } = makeMeter({ exponential });
  const histograms = Array.from({ length: 10 }, (_, i) => meter.createHistogram(`pipeline.${i}`));
  const attributes = makeSeries(series);
  const recordOne = (call: number): void => {
    const i = order[call & mask] as number;
    histograms[i % 10]?.record(values[call & mask] as number, attributes[i]);
  };
  let next = 0;
  return {
    contender: 'OpenTelemetry JS, attributes',
    record(calls) {
      const end = next + calls;
      for (let call = next; call < end; call += 1) recordOne(call);
      next = end;
    },
    tally: async () => tallyOfCollected(await collect()),
  };
}

function prometheus({ order, values, mask }: Sequence): Recorder {
  const registry = new Registry();
  const histogram = new Histogram({
    name: 'pipeline',
    help: 'pipeline',
    labelNames: ['chain', 'account'],
    buckets: defaultBounds,
    registers: [registry],
  });
  const histograms = makeSeries(series).map(({ chain, account }) => histogram.labels(chain, account));
  const recordOne = (call: number): void => {
    histograms[order[call & mask] as number]?.observe(values[call & mask] as number);
  };
  let next = 0;
  return {
    contender: 'prom-client',
    record(calls) {
      const end = next + calls;
      for (let call = next; call < end; call += 1) recordOne(call);
      next = end;
    },
    tally: () => tallyOfRegistry(registry),
  };
}

/** A child client for each series. It sends every call. */
function hotShots({ order, values, mask }: Sequence): Recorder {
  const statsd = makeStatsd();
  const clients = makeSeries(series).map((globalTags) => statsd.client.childClient({ globalTags }));
  const recordOne = (call: number): void => {
    clients[order[call & mask] as number]?.timing('pipeline', values[call & mask] as number);
  };
  let next = 0;
  return {
    contender: 'hot-shots',
    prepare() {
      next = 0;
      statsd.forget();
    },
    record(calls) {
      const end = next + calls;
      for (let call = next; call < end; call += 1) recordOne(call);
      next = end;
    },
    tally: () => statsd.times(),
  };
}

const targets = {
  time: { kind: 'times', atLeast: 15, aim: 25 },
  allocated: { kind: 'limit', atMost: 0 },
} as const;

export const boundLatencyRows: readonly Row[] = [
  {
    id: 'bound-latency-explicit',
    group: 'record',
    title: 'bound latency record(v), 64 series, explicit bounds',
    run: (effort) => measureRecorders(boundLatencyCase(), { effort, ...targets }),
  },
  {
    id: 'bound-latency-exponential',
    group: 'record',
    title: 'bound latency record(v), 64 series, exponential',
    async run(effort) {
      const recording = boundExponentialLatencyCase();
      if (recording === undefined) return { skipped: 'this build has no exponential histograms' };
      return measureRecorders(recording, { effort, ...targets });
    },
  },
  {
    id: 'bound-latency-explicit-detached',
    group: 'record',
    title: 'the same with explicit bounds, where an ArrayBuffer was detached before',
    run(effort) {
      const buffer = new ArrayBuffer(8);
      structuredClone(buffer, { transfer: [buffer] });
      return measureRecorders(boundLatencyCase(), { effort });
    },
  },
];
