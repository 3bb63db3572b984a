import type { Attributes } from '@pqcnet/telemetry-core';
import { makeHandle, sumOfCounters } from '../contenders/make-handle.ts';
import { makeMeter, sumOfCollected } from '../contenders/make-meter.ts';
import type { Row } from '../row.ts';
import { type Adder, disguise } from './adder.ts';
import { literalNames } from './literal-names.ts';
import { measureRecorders } from './measure-recorders.ts';
import type { Recorder, RecordingCase } from './recorder.ts';
import { type RequestValues, makeRequestValues } from './request-attributes.ts';
import { Sequence } from './sequence.ts';
import { makeSeries } from './series-attributes.ts';
import { useEverything, useEverythingOf } from './use-everything.ts';

const series = 64;

/** One call site sees adders of six classes, five of them wrappers; the whole API was used before. */
export function megamorphicCounterCase(): RecordingCase {
  const sequence = Sequence.ofAmounts(series);
  return {
    recorders: [oursDisguised(sequence), openTelemetryDisguised(sequence), bareNumbersDisguised(sequence)],
    tallyAfter: (calls) => [sequence.sumAfter(calls)],
  };
}

/** One call site sees objects of eight shapes and 16 metrics; the whole API was used before. */
export function megamorphicAttributesCase(): RecordingCase {
  const sequence = Sequence.ofAmounts(16);
  const request = makeRequestValues();
  return {
    recorders: [oursOfManyShapes(sequence, request), openTelemetryOfManyShapes(sequence, request)],
    tallyAfter: (calls) => [sequence.sumAfter(calls)],
  };
}

function oursDisguised({ order, values, mask }: Sequence): Recorder {
  useEverything(makeHandle());
  const handle = makeHandle();
  const adders = makeSeries(series).map((attributes, i) =>
    disguise(handle.counter(`ingest.accepted.${i % 10}`, { attributes }), i),
  );
  const recordOne = (call: number): void => {
    (adders[order[call & mask] as number] as Adder).add(values[call & mask] as number);
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

function openTelemetryDisguised({ order, values, mask }: Sequence): Recorder {
  useEverythingOf(makeMeter().meter);
  const { meter, collect } = makeMeter();
  const adders = Array.from({ length: series }, (_, i) =>
    disguise(meter.createCounter(`ingest.accepted.${i}`), i),
  );
  const recordOne = (call: number): void => {
    (adders[order[call & mask] as number] as Adder).add(values[call & mask] as number);
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

/** The limit: what the call site and the wrappers cost. */
function bareNumbersDisguised({ order, values, mask }: Sequence): Recorder {
  const cells = Array.from({ length: series }, () => new BareNumber());
  const adders = cells.map((cell, i) => disguise(cell, i));
  const recordOne = (call: number): void => {
    (adders[order[call & mask] as number] as Adder).add(values[call & mask] as number);
  };
  let next = 0;
  return {
    contender: 'bare number',
    record(calls) {
      const end = next + calls;
      for (let call = next; call < end; call += 1) recordOne(call);
      next = end;
    },
    tally: () => [cells.reduce((sum, { value }) => sum + value, 0)],
  };
}

class BareNumber implements Adder {
  value = 0;

  add(delta: number): void {
    const sum = this.value + delta;
    if (sum <= Number.MAX_SAFE_INTEGER) this.value = sum;
  }
}

function oursOfManyShapes({ order, values, mask }: Sequence, request: RequestValues): Recorder {
  useEverything(makeHandle());
  const handle = makeHandle();
  const names = literalNames('ingest.accepted', 16);
  const recordOne = (call: number): void => {
    const i = call & mask;
    handle.recordCounter(names[order[i] as number] as string, values[i] as number, attributesOf(request, i));
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

function openTelemetryOfManyShapes({ order, values, mask }: Sequence, request: RequestValues): Recorder {
  useEverythingOf(makeMeter().meter);
  const { meter, collect } = makeMeter();
  const counters = Array.from({ length: 16 }, (_, i) => meter.createCounter(`ingest.accepted.${i}`));
  const recordOne = (call: number): void => {
    const i = call & mask;
    // It takes no bigint; there is none in these attributes.
    const attributes = attributesOf(request, i) as Record<string, string | number | boolean>;
    counters[order[i] as number]?.add(values[i] as number, attributes);
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

/** The attributes of a call, in one of eight shapes: other keys, or the same in another order. */
function attributesOf({ chains, methods, regions, statuses, cached }: RequestValues, i: number): Attributes {
  const chain = chains[i] as string;
  const method = methods[i] as string;
  const region = regions[i] as string;
  const status = statuses[i] as number;
  switch (i & 7) {
    case 0:
      return { chain, method };
    case 1:
      return { method, chain };
    case 2:
      return { chain, status };
    case 3:
      return { region, method };
    case 4:
      return { chain, region, status };
    case 5:
      return { status };
    case 6:
      return { method, cached: cached[i] as boolean };
    default:
      return { region, chain };
  }
}

export const megamorphicRows: readonly Row[] = [
  {
    id: 'megamorphic-bound-counter',
    group: 'record',
    title: 'bound counter add(n), megamorphic call site',
    run: (effort) =>
      measureRecorders(megamorphicCounterCase(), { effort, allocated: { kind: 'limit', atMost: 0 } }),
  },
  {
    id: 'megamorphic-attributes',
    group: 'record',
    title: 'recordCounter(name, n, object of 8 shapes), 16 names',
    run: (effort) =>
      measureRecorders(megamorphicAttributesCase(), { effort, time: { kind: 'times', atLeast: 6, aim: 10 } }),
  },
];
