import type { Counter as PeerCounter, Histogram as PeerHistogram, Meter } from '@opentelemetry/api';
import type { Counter, Latency, Recording } from '@pqcnet/telemetry-core';
import type { Tally } from '../record/recorder.ts';
import { makeSeries } from '../record/series-attributes.ts';

/** The kinds of series that rows about many series have. */
export type SeriesKind = 'counter' | 'histogram';

/** ManySeries records one value in each of many series, by two attributes, a thousand to a metric. */
export interface ManySeries {
  /** Records in every series: other values each time. */
  recordAll(): void;
  /** What was recorded so far: [sum] of counters, [records, sum] of histograms. */
  tally(): Tally;
}

const seriesPerMetric = 1000;

/** metricNames gives the names of the metrics that so many series take. */
export function metricNames(series: number): string[] {
  return Array.from({ length: Math.ceil(series / seriesPerMetric) }, (_, i) => `node.metric.${i}`);
}

/** metricOf gives the index of a series' metric. */
export function metricOf(series: number): number {
  return Math.floor(series / seriesPerMetric);
}

/** The value of a series in a round: whole for counters, quarters of a millisecond for histograms. */
function valueOf(kind: SeriesKind, index: number, round: number): number {
  const spread = (index * 7919 + round * 104_729) % 4096;
  return kind === 'counter' ? 1 + spread : 0.25 + spread / 4;
}

class Tallied {
  readonly #kind: SeriesKind;
  readonly #series: number;
  #round = 0;
  #sum = 0;

  constructor(kind: SeriesKind, series: number) {
    this.#kind = kind;
    this.#series = series;
  }

  next(record: (index: number, value: number) => void): void {
    this.#round += 1;
    for (let i = 0; i < this.#series; i += 1) {
      const value = valueOf(this.#kind, i, this.#round);
      this.#sum += value;
      record(i, value);
    }
  }

  tally(): Tally {
    return this.#kind === 'counter' ? [this.#sum] : [this.#series * this.#round, this.#sum];
  }
}

/** Options of a population. */
export interface ManySeriesOptions {
  readonly kind: SeriesKind;
  readonly series: number;
}

/** oursWithManySeries records through bound instruments. */
export function oursWithManySeries(handle: Recording, options: ManySeriesOptions): ManySeries {
  const { kind, series } = options;
  const names = metricNames(series);
  const bound = makeSeries(series).map((attributes, i): Counter | Latency => {
    const name = names[metricOf(i)] as string;
    return kind === 'counter' ? handle.counter(name, { attributes }) : handle.latency(name, { attributes });
  });
  const tallied = new Tallied(kind, series);
  return {
    recordAll: () =>
      tallied.next((i, value) => {
        const instrument = bound[i];
        if (instrument === undefined) return;
        if ('add' in instrument) instrument.add(value);
        else instrument.record(value);
      }),
    tally: () => tallied.tally(),
  };
}

/** peerWithManySeries records the same through the peer's instruments. */
export function peerWithManySeries(meter: Meter, options: ManySeriesOptions): ManySeries {
  const { kind, series } = options;
  const instruments = metricNames(series).map((name): PeerCounter | PeerHistogram =>
    kind === 'counter' ? meter.createCounter(name) : meter.createHistogram(name, { unit: 'ms' }),
  );
  const attributes = makeSeries(series);
  const tallied = new Tallied(kind, series);
  return {
    recordAll: () =>
      tallied.next((i, value) => {
        const instrument = instruments[metricOf(i)];
        if (instrument === undefined) return;
        if ('add' in instrument) instrument.add(value, attributes[i]);
        else instrument.record(value, attributes[i]);
      }),
    tally: () => tallied.tally(),
  };
}
