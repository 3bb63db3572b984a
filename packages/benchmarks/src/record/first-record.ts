import { Counter, Registry } from 'prom-client';
import { makeHandle, sumOfCounters } from '../contenders/make-handle.ts';
import { makeMeter, sumOfCollected } from '../contenders/make-meter.ts';
import { sumOfRegistry } from '../contenders/read-registry.ts';
import type { Row } from '../row.ts';
import { measureRecorders } from './measure-recorders.ts';
import type { Recorder, RecordingCase } from './recorder.ts';
import { type TwoAttributes, makeSeries } from './series-attributes.ts';

const newSeries = 2000;
const cardinalityLimit = 10_000;

/** Every call is the first of its series, in a metric that was made anew before the round. */
export function firstRecordCase(): RecordingCase {
  const attributes = makeSeries(newSeries);
  return {
    recorders: [ours(attributes), openTelemetry(attributes), prometheus(attributes)],
    tallyAfter: (calls) => [calls],
  };
}

function ours(series: readonly TwoAttributes[]): Recorder {
  let handle = makeHandle({ cardinalityLimit });
  return {
    contender: '@pqcnet/telemetry',
    prepare() {
      handle = makeHandle({ cardinalityLimit });
    },
    record(calls) {
      for (let call = 0; call < calls; call += 1) {
        const { chain, account } = series[call] as TwoAttributes;
        handle.recordCounter('ingest.accepted', 1, { chain, account });
      }
    },
    tally: () => sumOfCounters(handle.snapshot()),
  };
}

function openTelemetry(series: readonly TwoAttributes[]): Recorder {
  let { meter, collect } = makeMeter({ cardinalityLimit });
  let counter = meter.createCounter('ingest.accepted');
  return {
    contender: 'OpenTelemetry JS',
    prepare() {
      ({ meter, collect } = makeMeter({ cardinalityLimit }));
      counter = meter.createCounter('ingest.accepted');
    },
    record(calls) {
      for (let call = 0; call < calls; call += 1) {
        const { chain, account } = series[call] as TwoAttributes;
        counter.add(1, { chain, account });
      }
    },
    tally: async () => sumOfCollected(await collect()),
  };
}

function prometheus(series: readonly TwoAttributes[]): Recorder {
  let registry = new Registry();
  const makeCounter = (): Counter<'chain' | 'account'> =>
    new Counter({
      name: 'ingest_accepted',
      help: 'accepted',
      labelNames: ['chain', 'account'],
      registers: [registry],
    });
  let counter = makeCounter();
  return {
    contender: 'prom-client',
    prepare() {
      registry = new Registry();
      counter = makeCounter();
    },
    record(calls) {
      for (let call = 0; call < calls; call += 1) {
        const { chain, account } = series[call] as TwoAttributes;
        counter.inc({ chain, account }, 1);
      }
    },
    tally: () => sumOfRegistry(registry),
  };
}

export const firstRecordRow: Row = {
  id: 'first-record',
  group: 'record',
  title: 'first record of a new series, two attributes',
  run: (effort) =>
    measureRecorders(firstRecordCase(), {
      effort,
      callsPerRound: newSeries,
      time: { kind: 'times', atLeast: 2 },
    }),
};
