import type { OtlpProtocol } from '@pqcnet/telemetry-exporter-otlp-http';
import type { SeriesKind } from '../contenders/many-series.ts';
import { allocatedBytes } from '../measure/allocated-bytes.ts';
import { longestStall } from '../measure/longest-stall.ts';
import { batchFor, measureRuns, repetitionsFor } from '../measure/measure-runs.ts';
import { summarize } from '../measure/summarize.ts';
import type { Effort, Figure, Measure, Row, Target } from '../row.ts';
import { type Flusher, type FlusherOptions, ourFlusher, peerFlusher } from './flusher.ts';

async function compareFlushers(options: FlusherOptions, effort: Effort): Promise<readonly Measure[]> {
  const { series, kind, protocol } = options;
  const flushers = [ourFlusher(options), peerFlusher(options)];
  const { cpuMs, wallMs } = await measureRuns(flushers, {
    repetitions: repetitionsFor(series, effort.repetitions),
    batch: batchFor(series),
  });
  const stallEffort = { ...effort, repetitions: repetitionsFor(series, effort.repetitions) };
  const stalls = await figuresOf(flushers, stallEffort, async (flusher) => {
    await flusher.prepare?.();
    return longestStall(() => flusher.run());
  });
  const slices = await figuresOf(
    flushers.filter((flusher) => flusher.exportStall !== undefined),
    stallEffort,
    async (flusher) => {
      await flusher.prepare?.();
      return flusher.exportStall?.() ?? { wallMs: 0, cpuMs: 0 };
    },
  );
  const allocated = await figuresOf(flushers, { ...effort, repetitions: 3 }, (flusher) =>
    allocatedByFlush(flusher, series),
  );
  const payload = await figuresOf(flushers, { ...effort, repetitions: 1 }, async (flusher) =>
    flusher.payloadBytes(),
  );
  for (const flusher of flushers) await flusher.check();
  const isLarge = series >= 10_000;
  return [
    {
      what: 'CPU',
      unit: 'ms',
      figures: cpuMs,
      target: isLarge ? cpuTarget(kind, protocol) : undefined,
    },
    { what: 'wall time', unit: 'ms', figures: wallMs },
    {
      what: 'longest stall, CPU',
      unit: 'ms',
      figures: select(stalls, ({ cpuMs: stall }) => stall),
      target: series === 100_000 ? { kind: 'limit', atMost: 2 } : undefined,
    },
    {
      what: 'longest slice of encoding, CPU',
      unit: 'ms',
      figures: select(slices, ({ cpuMs: slice }) => slice),
      target: series === 100_000 ? { kind: 'limit', atMost: 2 } : undefined,
    },
    { what: 'longest stall, wall time', unit: 'ms', figures: select(stalls, ({ wallMs: stall }) => stall) },
    { what: 'allocated on the heap', unit: 'B', figures: select(allocated, (bytes) => bytes) },
    { what: 'payload', unit: 'B', figures: select(payload, (bytes) => bytes) },
  ];
}

function cpuTarget(kind: SeriesKind, protocol: OtlpProtocol): Target {
  if (kind === 'histogram') return { kind: 'times', atLeast: 5 };
  return { kind: 'times', atLeast: protocol === 'http/json' ? 6 : 8 };
}

/** So many flushes that the count of bytes is exact enough; what the records before them allocate is not counted. */
async function allocatedByFlush(flusher: Flusher, series: number): Promise<number> {
  const flushes = Math.ceil(50_000 / series);
  await flusher.prepare?.();
  const bytes = await allocatedBytes(async () => {
    for (let flush = 0; flush < flushes; flush += 1) await flusher.run();
  });
  return bytes / flushes;
}

interface Observed<T> {
  readonly flusher: Flusher;
  readonly values: readonly T[];
}

async function figuresOf<T>(
  flushers: readonly Flusher[],
  effort: Effort,
  observe: (flusher: Flusher) => Promise<T>,
): Promise<readonly Observed<T>[]> {
  const observed = flushers.map((flusher) => ({ flusher, values: [] as T[] }));
  for (let repetition = 0; repetition < effort.repetitions; repetition += 1) {
    for (const { flusher, values } of observed) values.push(await observe(flusher));
  }
  return observed;
}

function select<T>(observed: readonly Observed<T>[], figure: (value: T) => number): readonly Figure[] {
  return observed.map(({ flusher, values }) => ({
    contender: flusher.contender,
    summary: summarize(values.map(figure)),
  }));
}

const protocols: readonly OtlpProtocol[] = ['http/json', 'http/protobuf'];
const kinds: readonly SeriesKind[] = ['counter', 'histogram'];
const sizes: readonly [number, string][] = [
  [10, '10'],
  [1000, '1k'],
  [10_000, '10k'],
  [100_000, '100k'],
];

export const collectAndEncodeRows: readonly Row[] = protocols.flatMap((protocol) =>
  kinds.flatMap((kind) =>
    sizes.map(([series, name]): Row => {
      const encoding = protocol === 'http/json' ? 'JSON' : 'protobuf';
      return {
        id: `encode-${encoding.toLowerCase()}-${name}-${kind}s`,
        group: 'flush',
        title: `collect and encode ${name.replace('k', ' k')} ${kind}s, ${encoding}`,
        async run(effort) {
          if (series > effort.maxSeries) return { skipped: `more than ${effort.maxSeries} series` };
          return compareFlushers({ kind, series, protocol }, effort);
        },
      };
    }),
  ),
);

async function compareAfterGarbage(options: FlusherOptions, effort: Effort): Promise<readonly Measure[]> {
  const flushers = [ourFlusher(options), peerFlusher(options)];
  const { repetitions } = effort;
  const { cpuMs, wallMs } = await measureRuns(flushers, { repetitions, batch: 1, afterGarbage: true });
  for (const flusher of flushers) await flusher.check();
  return [
    { what: 'CPU', unit: 'ms', figures: cpuMs },
    { what: 'wall time', unit: 'ms', figures: wallMs },
  ];
}

/** What a flush costs in a service that collects garbage between two of them. */
export const afterGarbageRows: readonly Row[] = protocols.map((protocol) => {
  const encoding = protocol === 'http/json' ? 'JSON' : 'protobuf';
  return {
    id: `encode-${encoding.toLowerCase()}-10k-counters-after-garbage`,
    group: 'flush',
    title: `the same of 10 k counters after two full garbage collections, ${encoding}`,
    run: (effort) => compareAfterGarbage({ kind: 'counter', series: 10_000, protocol }, effort),
  };
});
