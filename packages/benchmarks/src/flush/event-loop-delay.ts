import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { summarize } from '../measure/summarize.ts';
import type { Contender, Effort, Measure, Row } from '../row.ts';
import { type FlusherOptions, ourFlusher, peerFlusher } from './flusher.ts';

const series = 100_000;
/** How long the event loop is watched at a time; one look a millisecond. */
const windowMs = 3000;
/** The pause between two flushes. */
const pauseMs = 100;

/** The delay that 99.9 % of the looks at the event loop stay below, in milliseconds, while work goes on. */
async function delayDuring(work: () => unknown): Promise<number> {
  const monitor = monitorEventLoopDelay({ resolution: 1 });
  const end = performance.now() + windowMs;
  monitor.enable();
  while (performance.now() < end) {
    await work();
    await delay(pauseMs);
  }
  monitor.disable();
  return monitor.percentile(99.9) / 1e6;
}

async function compareDelays(options: FlusherOptions, effort: Effort): Promise<readonly Measure[]> {
  const flushers = [ourFlusher(options), peerFlusher(options)];
  for (const flusher of flushers) {
    await flusher.prepare?.();
    for (let warmUp = 0; warmUp < 3; warmUp += 1) await flusher.run();
  }
  const works: readonly { readonly contender: Contender; readonly run: () => unknown }[] = [
    ...flushers,
    { contender: 'idle process', run: () => undefined },
  ];
  const delays = works.map(() => [] as number[]);
  for (let repetition = 0; repetition < Math.min(5, effort.repetitions); repetition += 1) {
    for (const [i, { run }] of works.entries()) delays[i]?.push(await delayDuring(run));
  }
  return [
    {
      what: 'event-loop delay, p99.9',
      unit: 'ms',
      figures: works.map(({ contender }, i) => ({ contender, summary: summarize(delays[i] ?? []) })),
      target: { kind: 'above-idle', atMost: 5 },
    },
  ];
}

export const eventLoopDelayRows: readonly Row[] = (['counter', 'histogram'] as const).flatMap((kind) =>
  (['http/json', 'http/protobuf'] as const).map((protocol): Row => {
    const encoding = protocol === 'http/json' ? 'JSON' : 'protobuf';
    return {
      id: `event-loop-delay-${encoding.toLowerCase()}-${kind}s`,
      group: 'flush',
      title: `flushing 100 k ${kind}s again and again, ${encoding}`,
      async run(effort) {
        if (series > effort.maxSeries) return { skipped: `more than ${effort.maxSeries} series` };
        return compareDelays({ kind, series, protocol }, effort);
      },
    };
  }),
);
