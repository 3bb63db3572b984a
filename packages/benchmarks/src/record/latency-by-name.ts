import { Histogram, Registry } from 'prom-client';
import { makeHandle, tallyOfHistograms } from '../contenders/make-handle.ts';
import { makeMeter, tallyOfCollected } from '../contenders/make-meter.ts';
import { makeStatsd } from '../contenders/make-statsd.ts';
import { tallyOfRegistry } from '../contenders/read-registry.ts';
import type { Row } from '../row.ts';
import { defaultBounds } from './bound-latency.ts';
import { literalNames } from './literal-names.ts';
import { measureRecorders } from './measure-recorders.ts';
import type { Recorder, RecordingCase } from './recorder.ts';
import { Sequence } from './sequence.ts';

/** Ours finds a metric by its name; the peers are handed the instrument. */
export function latencyByNameCase(names: number): RecordingCase {
  const sequence = Sequence.ofLatencies(names);
  return {
    recorders: [
      ours(sequence, names),
      openTelemetry(sequence, names),
      prometheus(sequence, names),
      hotShots(sequence, names),
    ],
    tallyAfter: (calls) => sequence.tallyAfter(calls),
  };
}

function ours({ order, values, mask }: Sequence, length: number): Recorder {
  const handle = makeHandle();
  const names = literalNames('pipeline', length);
  const recordOne = (call: number): void => {
    handle.recordLatencyMs(names[order[call & mask] as number] as string, values[call & mask] as number);
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

function openTelemetry({ order, values, mask }: Sequence, length: number): Recorder {
  const { meter, collect } = makeMeter();
  const histograms = Array.from({ length }, (_, i) => meter.createHistogram(`pipeline.${i}`));
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

function prometheus({ order, values, mask }: Sequence, length: number): Recorder {
  const registry = new Registry();
  const histograms = Array.from(
    { length },
    (_, i) =>
      new Histogram({
        name: `pipeline_${i}`,
        help: 'pipeline',
        buckets: defaultBounds,
        registers: [registry],
      }),
  );
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

/** It sends every call, and takes a name as ours does. */
function hotShots({ order, values, mask }: Sequence, length: number): Recorder {
  const statsd = makeStatsd();
  const { client } = statsd;
  const names = literalNames('pipeline', length);
  const recordOne = (call: number): void => {
    client.timing(names[order[call & mask] as number] as string, values[call & mask] as number);
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

export const latencyByNameRows: readonly Row[] = [1, 64].map((names) => ({
  id: `latency-by-name-${names}`,
  group: 'record',
  title: `recordLatencyMs(name, v), ${names === 1 ? 'one name' : `${names} names`}`,
  run: (effort) =>
    measureRecorders(latencyByNameCase(names), {
      effort,
      time: { kind: 'times', atLeast: 6 },
      allocated: { kind: 'limit', atMost: 0 },
    }),
}));
