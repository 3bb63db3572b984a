import { Histogram, Registry } from 'prom-client';
import { makeHandle, tallyOfHistograms } from '../contenders/make-handle.ts';
import { makeMeter, tallyOfCollected } from '../contenders/make-meter.ts';
import { tallyOfRegistry } from '../contenders/read-registry.ts';
import type { Row } from '../row.ts';
import { defaultBounds } from './bound-latency.ts';
import { measureRecorders } from './measure-recorders.ts';
import type { Recorder, RecordingCase } from './recorder.ts';
import { type RequestValues, makeRequestValues } from './request-attributes.ts';
import { Sequence } from './sequence.ts';

/** Each call makes its object anew, as programs do: 128 series. */
export function latencyWithAttributesCase(): RecordingCase {
  const sequence = Sequence.ofLatencies(1);
  const request = makeRequestValues();
  return {
    recorders: [ours(sequence, request), openTelemetry(sequence, request), prometheus(sequence, request)],
    tallyAfter: (calls) => sequence.tallyAfter(calls),
  };
}

function ours({ values, mask }: Sequence, { chains, methods }: RequestValues): Recorder {
  const handle = makeHandle();
  const recordOne = (call: number): void => {
    const i = call & mask;
    handle.recordLatencyMs('pipeline', values[i] as number, {
      chain: chains[i] as string,
      method: methods[i] as string,
    });
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

function openTelemetry({ values, mask }: Sequence, { chains, methods }: RequestValues): Recorder {
  const { meter, collect } = makeMeter();
  const histogram = meter.createHistogram('pipeline');
  const recordOne = (call: number): void => {
    const i = call & mask;
    histogram.record(values[i] as number, { chain: chains[i] as string, method: methods[i] as string });
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

function prometheus({ values, mask }: Sequence, { chains, methods }: RequestValues): Recorder {
  const registry = new Registry();
  const histogram = new Histogram({
    name: 'pipeline',
    help: 'pipeline',
    labelNames: ['chain', 'method'],
    buckets: defaultBounds,
    registers: [registry],
  });
  const recordOne = (call: number): void => {
    const i = call & mask;
    histogram.observe({ chain: chains[i] as string, method: methods[i] as string }, values[i] as number);
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

export const latencyWithAttributesRow: Row = {
  id: 'latency-two-attributes',
  group: 'record',
  title: 'recordLatencyMs(name, v, fresh object of 2)',
  run: (effort) =>
    measureRecorders(latencyWithAttributesCase(), { effort, time: { kind: 'times', atLeast: 6, aim: 10 } }),
};
