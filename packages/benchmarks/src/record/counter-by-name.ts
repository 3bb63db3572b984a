import { Counter, Registry } from 'prom-client';
import { makeHandle, sumOfCounters } from '../contenders/make-handle.ts';
import { makeMeter, sumOfCollected } from '../contenders/make-meter.ts';
import { makeStatsd } from '../contenders/make-statsd.ts';
import { sumOfRegistry } from '../contenders/read-registry.ts';
import type { Row } from '../row.ts';
import { literalNames } from './literal-names.ts';
import { measureRecorders } from './measure-recorders.ts';
import type { Recorder, RecordingCase } from './recorder.ts';
import { Sequence } from './sequence.ts';

/** Ours finds a metric by its name; the peers are handed the instrument, for want of such a call. */
export function counterByNameCase(names: number): RecordingCase {
  const sequence = Sequence.ofAmounts(names);
  return {
    recorders: [
      ours(sequence, names),
      openTelemetry(sequence, names),
      prometheus(sequence, names),
      hotShots(sequence, names),
    ],
    tallyAfter: (calls) => [sequence.sumAfter(calls)],
  };
}

function ours({ order, values, mask }: Sequence, length: number): Recorder {
  const handle = makeHandle();
  const names = literalNames('ingest.accepted', length);
  const recordOne = (call: number): void => {
    handle.recordCounter(names[order[call & mask] as number] as string, values[call & mask] as number);
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

function openTelemetry({ order, values, mask }: Sequence, length: number): Recorder {
  const { meter, collect } = makeMeter();
  const counters = Array.from({ length }, (_, i) => meter.createCounter(`ingest.accepted.${i}`));
  const recordOne = (call: number): void => {
    counters[order[call & mask] as number]?.add(values[call & mask] as number);
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

function prometheus({ order, values, mask }: Sequence, length: number): Recorder {
  const registry = new Registry();
  const counters = Array.from(
    { length },
    (_, i) => new Counter({ name: `ingest_accepted_${i}`, help: 'accepted', registers: [registry] }),
  );
  const recordOne = (call: number): void => {
    counters[order[call & mask] as number]?.inc(values[call & mask] as number);
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

/** It sends every call, and takes a name as ours does. */
function hotShots({ order, values, mask }: Sequence, length: number): Recorder {
  const statsd = makeStatsd();
  const { client } = statsd;
  const names = literalNames('ingest.accepted', length);
  const recordOne = (call: number): void => {
    client.increment(names[order[call & mask] as number] as string, values[call & mask] as number);
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
    tally: () => statsd.sum(),
  };
}

export const counterByNameRows: readonly Row[] = [1, 64].map((names) => ({
  id: `counter-by-name-${names}`,
  group: 'record',
  title: `recordCounter(name, n), ${names === 1 ? 'one name' : `${names} names`}`,
  run: (effort) =>
    measureRecorders(counterByNameCase(names), {
      effort,
      time: { kind: 'times', atLeast: 4 },
      allocated: { kind: 'limit', atMost: 0 },
    }),
}));
