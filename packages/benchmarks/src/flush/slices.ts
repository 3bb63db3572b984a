import { longestStall } from '../measure/longest-stall.ts';
import { type Runner, measureRuns, repetitionsFor } from '../measure/measure-runs.ts';
import { summarize } from '../measure/summarize.ts';
import type { Effort, Measure, Row } from '../row.ts';
import { type FlusherOptions, ourFlusher } from './flusher.ts';

const series = 100_000;

/** Stands in for setImmediate without a turn of the event loop. */
function goOn(resume: () => void): void {
  queueMicrotask(resume);
}

/** Makes a runner whose pauses are none. */
function inOneStretch({ run, prepare }: Pick<Runner, 'run' | 'prepare'>): Runner {
  return {
    contender: 'in one stretch',
    ...(prepare && { prepare }),
    async run() {
      const { setImmediate } = globalThis;
      globalThis.setImmediate = goOn as unknown as typeof setImmediate;
      try {
        await run();
      } finally {
        globalThis.setImmediate = setImmediate;
      }
    },
  };
}

async function compareSlices(options: FlusherOptions, effort: Effort): Promise<readonly Measure[]> {
  const flusher = ourFlusher(options);
  const repetitions = repetitionsFor(series, effort.repetitions);
  const { cpuMs, wallMs } = await measureRuns([flusher, inOneStretch(flusher)], { repetitions, batch: 1 });
  const stalls = await stallsOf(flusher, repetitions);
  await flusher.check();
  return [
    {
      what: 'wall time',
      unit: 'ms',
      figures: wallMs,
      target: { kind: 'multiple', of: 'in one stretch', atMost: 2 },
    },
    { what: 'CPU', unit: 'ms', figures: cpuMs },
    {
      what: 'longest stall, CPU',
      unit: 'ms',
      figures: [{ contender: flusher.contender, summary: summarize(stalls) }],
      target: { kind: 'limit', atMost: 2 },
    },
  ];
}

/** The longest stalls of some flushes, garbage collections included: nothing but ours is in this process. */
async function stallsOf(flusher: Runner, flushes: number): Promise<number[]> {
  const stalls: number[] = [];
  for (let flush = 0; flush < flushes; flush += 1) {
    await flusher.prepare?.();
    stalls.push((await longestStall(() => flusher.run())).cpuMs);
  }
  return stalls;
}

/** What it costs to leave the event loop its turns. */
export const sliceRows: readonly Row[] = (['counter', 'histogram'] as const).flatMap((kind) =>
  (['http/json', 'http/protobuf'] as const).map((protocol): Row => {
    const encoding = protocol === 'http/json' ? 'JSON' : 'protobuf';
    return {
      id: `slices-${encoding.toLowerCase()}-${kind}s`,
      group: 'flush',
      title: `flushing 100 k ${kind}s in slices, ${encoding}`,
      async run(effort) {
        if (series > effort.maxSeries) return { skipped: `more than ${effort.maxSeries} series` };
        return compareSlices({ kind, series, protocol }, effort);
      },
    };
  }),
);
