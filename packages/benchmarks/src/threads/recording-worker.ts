// The worker of a row: measures what recording costs here, and sends the measures to the main thread.
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { TelemetryHandle } from '@pqcnet/telemetry-core';
import { makeHandle, sumOfCounters, tallyOfHistograms } from '../contenders/make-handle.ts';
import { makeMeter, sumOfCollected, tallyOfCollected } from '../contenders/make-meter.ts';
import { measureRecorders } from '../record/measure-recorders.ts';
import type { Recorder, Tally } from '../record/recorder.ts';
import { Sequence } from '../record/sequence.ts';
import { makeSeries } from '../record/series-attributes.ts';
import type { WorkerTask } from './worker-task.ts';

const { effort, kind, series, shared, dealtWith } = workerData as WorkerTask;
const port = parentPort;
if (port === null) throw new Error('expected to be a worker');
const isCounter = kind === 'counter';
const sequence = isCounter ? Sequence.ofAmounts(series) : Sequence.ofLatencies(series);
const { order, values, mask } = sequence;
const attributes = makeSeries(series);
/** So many records are on their way to the main thread at the most. */
const mostPosted = 1000;

const measures = await measureRecorders(
  {
    recorders: isCounter
      ? [attachedCounters(), countersOfOneThread(), postedRecords(), peerCounters()]
      : [attachedLatencies(), latenciesOfOneThread(), postedRecords(), peerHistograms()],
    tallyAfter: (calls) => (isCounter ? [sequence.sumAfter(calls)] : sequence.tallyAfter(calls)),
  },
  {
    // Where each call is a message, millions of them take minutes.
    effort: { ...effort, allocationCalls: Math.min(effort.allocationCalls, 400_000) },
    time: isCounter ? { kind: 'multiple', of: 'one thread only', atMost: 8, aim: 4 } : undefined,
    allocated: { kind: 'limit', atMost: 0 },
  },
);
port.postMessage({ measures });

function attachedCounters(): Recorder {
  const telemetry = TelemetryHandle.attach(shared);
  const counters = attributes.map((each, i) =>
    telemetry.counter(`ingest.accepted.${i % 10}`, { attributes: each }),
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
    tally: async () => (await talliesOfMainThread()).owner,
  };
}

function countersOfOneThread(): Recorder {
  const handle = makeHandle();
  const counters = attributes.map((each, i) =>
    handle.counter(`ingest.accepted.${i % 10}`, { attributes: each }),
  );
  const recordOne = (call: number): void => {
    counters[order[call & mask] as number]?.add(values[call & mask] as number);
  };
  let next = 0;
  return {
    contender: 'one thread only',
    record(calls) {
      const end = next + calls;
      for (let call = next; call < end; call += 1) recordOne(call);
      next = end;
    },
    tally: () => sumOfCounters(handle.snapshot()),
  };
}

function attachedLatencies(): Recorder {
  const telemetry = TelemetryHandle.attach(shared);
  const latencies = attributes.map((each, i) =>
    telemetry.latency(`pipeline.${i % 10}`, { attributes: each }),
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
    tally: async () => (await talliesOfMainThread()).owner,
  };
}

function latenciesOfOneThread(): Recorder {
  const handle = makeHandle();
  const latencies = attributes.map((each, i) => handle.latency(`pipeline.${i % 10}`, { attributes: each }));
  const recordOne = (call: number): void => {
    latencies[order[call & mask] as number]?.record(values[call & mask] as number);
  };
  let next = 0;
  return {
    contender: 'one thread only',
    record(calls) {
      const end = next + calls;
      for (let call = next; call < end; call += 1) recordOne(call);
      next = end;
    },
    tally: () => tallyOfHistograms(handle.snapshot()),
  };
}

function awaitMainThread(posted: number): void {
  for (;;) {
    const done = Atomics.load(dealtWith, 0);
    if (done === posted) return;
    Atomics.wait(dealtWith, 0, done);
  }
}

/** What users do who have one handle and several threads. */
function postedRecords(): Recorder {
  let next = 0;
  return {
    contender: 'posted to the owner',
    record(calls) {
      const end = next + calls;
      for (let call = next; call < end; call += 1) {
        port?.postMessage({ series: order[call & mask] as number, value: values[call & mask] as number });
        if (call % mostPosted === 0) awaitMainThread(call + 1);
      }
      next = end;
      awaitMainThread(next);
    },
    tally: async () => (await talliesOfMainThread()).posted,
  };
}

/** The peer has one SDK per worker. */
function peerCounters(): Recorder {
  const { meter, collect } = makeMeter();
  const counters = attributes.map((_, i) => meter.createCounter(`ingest.accepted.${i}`));
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

function peerHistograms(): Recorder {
  const { meter, collect } = makeMeter();
  const histograms = attributes.map((_, i) => meter.createHistogram(`pipeline.${i}`));
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

async function talliesOfMainThread(): Promise<{ readonly owner: Tally; readonly posted: Tally }> {
  port?.postMessage('tallies');
  const [tallies] = (await once(port as NonNullable<typeof port>, 'message')) as [
    { readonly owner: Tally; readonly posted: Tally },
  ];
  return tallies;
}
