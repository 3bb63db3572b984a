import { Counter, Registry } from 'prom-client';
import { makeHandle, sumOfCounters } from '../contenders/make-handle.ts';
import { makeMeter, sumOfCollected } from '../contenders/make-meter.ts';
import { sumOfRegistry } from '../contenders/read-registry.ts';
import type { Row } from '../row.ts';
import { measureRecorders } from './measure-recorders.ts';
import type { Recorder, RecordingCase } from './recorder.ts';
import { type RequestValues, makeRequestValues } from './request-attributes.ts';
import { Sequence } from './sequence.ts';

/** Each call makes its object anew, as programs do: 128 series. */
export function twoAttributesCase(): RecordingCase {
  const sequence = Sequence.ofAmounts(1);
  const request = makeRequestValues();
  return {
    recorders: [
      oursWithTwo(sequence, request),
      openTelemetryWithTwo(sequence, request),
      prometheusWithTwo(sequence, request),
    ],
    tallyAfter: (calls) => [sequence.sumAfter(calls)],
  };
}

/** The same with five attributes, a number and a boolean among them: 1,024 series. */
export function fiveAttributesCase(): RecordingCase {
  const sequence = Sequence.ofAmounts(1);
  const request = makeRequestValues();
  return {
    recorders: [
      oursWithFive(sequence, request),
      openTelemetryWithFive(sequence, request),
      prometheusWithFive(sequence, request),
    ],
    tallyAfter: (calls) => [sequence.sumAfter(calls)],
  };
}

function oursWithTwo({ values, mask }: Sequence, { chains, methods }: RequestValues): Recorder {
  const handle = makeHandle();
  const recordOne = (call: number): void => {
    const i = call & mask;
    handle.recordCounter('ingest.accepted', values[i] as number, {
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
    tally: () => sumOfCounters(handle.snapshot()),
  };
}

function openTelemetryWithTwo({ values, mask }: Sequence, { chains, methods }: RequestValues): Recorder {
  const { meter, collect } = makeMeter();
  const counter = meter.createCounter('ingest.accepted');
  const recordOne = (call: number): void => {
    const i = call & mask;
    counter.add(values[i] as number, { chain: chains[i] as string, method: methods[i] as string });
  };
  let next = 0;
  return {
    contender: 'OpenTelemetry JS',
    record(calls) {
      const end = next + calls;
      for (let call = next; call < end; call += 1) recordOne(call);
      next = end;
    },
    tally: async () => sumOfCollected(await collect()),
  };
}

function prometheusWithTwo({ values, mask }: Sequence, { chains, methods }: RequestValues): Recorder {
  const registry = new Registry();
  const counter = new Counter({
    name: 'ingest_accepted',
    help: 'accepted',
    labelNames: ['chain', 'method'],
    registers: [registry],
  });
  const recordOne = (call: number): void => {
    const i = call & mask;
    counter.inc({ chain: chains[i] as string, method: methods[i] as string }, values[i] as number);
  };
  let next = 0;
  return {
    contender: 'prom-client',
    record(calls) {
      const end = next + calls;
      for (let call = next; call < end; call += 1) recordOne(call);
      next = end;
    },
    tally: () => sumOfRegistry(registry),
  };
}

function oursWithFive({ values, mask }: Sequence, request: RequestValues): Recorder {
  const { chains, methods, regions, statuses, cached } = request;
  const handle = makeHandle();
  const recordOne = (call: number): void => {
    const i = call & mask;
    handle.recordCounter('ingest.accepted', values[i] as number, {
      chain: chains[i] as string,
      method: methods[i] as string,
      region: regions[i] as string,
      status: statuses[i] as number,
      cached: cached[i] as boolean,
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
    tally: () => sumOfCounters(handle.snapshot()),
  };
}

function openTelemetryWithFive({ values, mask }: Sequence, request: RequestValues): Recorder {
  const { chains, methods, regions, statuses, cached } = request;
  const { meter, collect } = makeMeter();
  const counter = meter.createCounter('ingest.accepted');
  const recordOne = (call: number): void => {
    const i = call & mask;
    counter.add(values[i] as number, {
      chain: chains[i] as string,
      method: methods[i] as string,
      region: regions[i] as string,
      status: statuses[i] as number,
      cached: cached[i] as boolean,
    });
  };
  let next = 0;
  return {
    contender: 'OpenTelemetry JS',
    record(calls) {
      const end = next + calls;
      for (let call = next; call < end; call += 1) recordOne(call);
      next = end;
    },
    tally: async () => sumOfCollected(await collect()),
  };
}

function prometheusWithFive({ values, mask }: Sequence, request: RequestValues): Recorder {
  const { chains, methods, regions, statuses, cached } = request;
  const registry = new Registry();
  const counter = new Counter({
    name: 'ingest_accepted',
    help: 'accepted',
    labelNames: ['chain', 'method', 'region', 'status', 'cached'],
    registers: [registry],
  });
  const recordOne = (call: number): void => {
    const i = call & mask;
    const labels = {
      chain: chains[i] as string,
      method: methods[i] as string,
      region: regions[i] as string,
      status: statuses[i] as number,
      // It has no booleans.
      cached: String(cached[i]),
    };
    counter.inc(labels, values[i] as number);
  };
  let next = 0;
  return {
    contender: 'prom-client',
    record(calls) {
      const end = next + calls;
      for (let call = next; call < end; call += 1) recordOne(call);
      next = end;
    },
    tally: () => sumOfRegistry(registry),
  };
}

const targets = {
  time: { kind: 'times', atLeast: 6, aim: 10 },
} as const;

export const counterWithAttributesRows: readonly Row[] = [
  {
    id: 'counter-two-attributes',
    group: 'record',
    title: 'recordCounter(name, n, fresh object of 2)',
    run: (effort) => measureRecorders(twoAttributesCase(), { effort, ...targets }),
  },
  {
    id: 'counter-five-attributes',
    group: 'record',
    title: 'recordCounter(name, n, fresh object of 5)',
    run: (effort) => measureRecorders(fiveAttributesCase(), { effort, ...targets }),
  },
];
