import { makeExponentialHandle, makeHandle, tallyOfHistograms } from '../contenders/make-handle.ts';
import { makeMeter, tallyOfCollected } from '../contenders/make-meter.ts';
import type { Row } from '../row.ts';
import { measureRecorders } from './measure-recorders.ts';
import type { Recorder, RecordingCase } from './recorder.ts';
import { Sequence } from './sequence.ts';
import { useEverything, useEverythingOf } from './use-everything.ts';

const series = 64;
/** Other bounds than the default ones, so that tables of bounds change all the time. */
const otherBounds = [1, 2, 4, 8, 16, 32, 64, 125, 250, 500, 1000, 2000, 4000, 8000];

/**
 * One call site records in latencies and histograms of two handles, with exponential buckets and with explicit ones by
 * two sets of bounds; the whole API was used before.
 */
export function mixedDistributionsCase(): RecordingCase {
  const sequence = Sequence.ofLatencies(series);
  return {
    recorders: [ours(sequence), openTelemetry(sequence)],
    tallyAfter: (calls) => sequence.tallyAfter(calls),
  };
}

function ours({ order, values, mask }: Sequence): Recorder {
  useEverything(makeHandle());
  const explicit = makeHandle();
  const exponential = makeExponentialHandle() ?? makeHandle();
  const instruments = Array.from({ length: series }, (_, i) => {
    const handle = i % 3 === 0 ? exponential : explicit;
    const bounds = i % 3 === 1 ? otherBounds : undefined;
    return i % 2 === 0
      ? handle.latency(`pipeline.${i}`, { boundsMs: bounds })
      : handle.histogram(`size.${i}`, { bounds });
  });
  const recordOne = (call: number): void => {
    instruments[order[call & mask] as number]?.record(values[call & mask] as number);
  };
  let next = 0;
  return {
    contender: '@pqcnet/telemetry',
    record(calls) {
      const end = next + calls;
      for (let call = next; call < end; call += 1) recordOne(call);
      next = end;
    },
    tally() {
      const [count = 0, sum = 0] = tallyOfHistograms(explicit.snapshot());
      const [moreCount = 0, moreSum = 0] = tallyOfHistograms(exponential.snapshot());
      return [count + moreCount, sum + moreSum];
    },
  };
}

function openTelemetry({ order, values, mask }: Sequence): Recorder {
  useEverythingOf(makeMeter().meter);
  const explicit = makeMeter();
  const exponential = makeMeter({ exponential: true });
  const histograms = Array.from({ length: series }, (_, i) => {
    const { meter } = i % 3 === 0 ? exponential : explicit;
    const advice = i % 3 === 1 ? { explicitBucketBoundaries: otherBounds } : {};
    return meter.createHistogram(`pipeline.${i}`, { advice });
  });
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
    async tally() {
      const [count = 0, sum = 0] = tallyOfCollected(await explicit.collect());
      const [moreCount = 0, moreSum = 0] = tallyOfCollected(await exponential.collect());
      return [count + moreCount, sum + moreSum];
    },
  };
}

export const mixedDistributionsRows: readonly Row[] = [
  {
    id: 'mixed-distributions',
    group: 'record',
    title: 'record(v) of 64 latencies and histograms of all kinds',
    run: (effort) =>
      measureRecorders(mixedDistributionsCase(), { effort, allocated: { kind: 'limit', atMost: 0 } }),
  },
];
