import { Counter, Registry } from 'prom-client';
import { makeHandle, sumOfCounters } from '../contenders/make-handle.ts';
import { makeMeter, sumOfCollected } from '../contenders/make-meter.ts';
import { makeStatsd } from '../contenders/make-statsd.ts';
import { sumOfRegistry } from '../contenders/read-registry.ts';
import type { Row } from '../row.ts';
import { measureRecorders } from './measure-recorders.ts';
import type { Recorder, RecordingCase } from './recorder.ts';
import { Sequence } from './sequence.ts';
import { makeSeries } from './series-attributes.ts';

/**
 * The peer has no bound form. Its cheapest is taken: as many instruments as there are series, without attributes. Ours
 * are series of ten metrics, by two attributes; the peer records the same series under `OpenTelemetry JS, attributes`,
 * with objects made once.
 */
export function boundCounterCase(series: number): RecordingCase {
  const sequence = Sequence.ofAmounts(series);
  return {
    recorders: [
      ours(sequence, series),
      openTelemetry(sequence, series),
      openTelemetryWithAttributes(sequence, series),
      prometheus(sequence, series),
      // A client for each of very many series is more than it is made for.
      ...(series > 1000 ? [] : [hotShots(sequence, series)]),
      bareNumbers(sequence, series),
    ],
    tallyAfter: (calls) => [sequence.sumAfter(calls)],
  };
}

function ours({ order, values, mask }: Sequence, series: number): Recorder {
  const handle = makeHandle();
  const counters = makeSeries(series).map((attributes, i) =>
    handle.counter(`ingest.accepted.${i % 10}`, { attributes }),
  );
  const recordOne = (call: number): void => {
    counters[order[call & mask] as number]?.add(values[call & mask] as number);
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

function openTelemetry({ order, values, mask }: Sequence, series: number): Recorder {
  const { meter, collect } = makeMeter();
  const counters = Array.from({ length: series }, (_, i) => meter.createCounter(`ingest.accepted.${i}`));
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

function openTelemetryWithAttributes({ order, values, mask }: Sequence, series: number): Recorder {
  const { meter, collect } = makeMeter();
  const counters = Array.from({ length: 10 }, (_, i) => meter.createCounter(`ingest.accepted.${i}`));
  const attributes = makeSeries(series);
  const recordOne = (call: number): void => {
    const i = order[call & mask] as number;
    counters[i % 10]?.add(values[call & mask] as number, attributes[i]);
  };
  let next = 0;
  return {
    contender: 'OpenTelemetry JS, attributes',
    record(calls) {
      const end = next + calls;
      for (let call = next; call < end; call += 1) recordOne(call);
      next = end;
    },
    tally: async () => sumOfCollected(await collect()),
  };
}

function prometheus({ order, values, mask }: Sequence, series: number): Recorder {
  const registry = new Registry();
  const counter = new Counter({
    name: 'ingest_accepted',
    help: 'accepted',
    labelNames: ['chain', 'account'],
    registers: [registry],
  });
  const counters = makeSeries(series).map(({ chain, account }) => counter.labels(chain, account));
  const recordOne = (call: number): void => {
    counters[order[call & mask] as number]?.inc(values[call & mask]);
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

/** A child client for each series. It sends every call. */
function hotShots({ order, values, mask }: Sequence, series: number): Recorder {
  const statsd = makeStatsd();
  const clients = makeSeries(series).map((globalTags) => statsd.client.childClient({ globalTags }));
  const recordOne = (call: number): void => {
    clients[order[call & mask] as number]?.increment('ingest.accepted', values[call & mask] as number);
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

/** The limit: one load, one add, one compare, one store, in the same loop. */
function bareNumbers({ order, values, mask }: Sequence, series: number): Recorder {
  const cells = Array.from({ length: series }, () => ({ value: 0 }));
  const recordOne = (call: number): void => {
    const cell = cells[order[call & mask] as number];
    if (cell === undefined) return;
    const sum = cell.value + (values[call & mask] as number);
    if (sum <= Number.MAX_SAFE_INTEGER) cell.value = sum;
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

export const boundCounterRows: readonly Row[] = [
  {
    id: 'bound-counter-64',
    group: 'record',
    title: 'bound counter add(n), 64 series',
    run: (effort) =>
      measureRecorders(boundCounterCase(64), {
        effort,
        time: { kind: 'times', atLeast: 15, aim: 25 },
        allocated: { kind: 'limit', atMost: 0 },
      }),
  },
  {
    id: 'bound-counter-10k',
    group: 'record',
    title: 'bound counter add(n), 10 k series in random order',
    run: (effort) =>
      measureRecorders(boundCounterCase(10_000), {
        effort,
        time: { kind: 'times', atLeast: 5 },
        allocated: { kind: 'limit', atMost: 0 },
      }),
  },
];
