import { seriesKey } from '../group-series.ts';
import { type LatencySummary, mergeHistograms } from '../merge-histograms.ts';
import type { HistogramPoint, MetricPoint, SumPoint } from '../metric-point.ts';
import { sumPoints } from '../sum-points.ts';
import { mergeExponential } from './merge-exponential.ts';

/** What is known of one series so far. */
export interface SeriesState {
  readonly latest: MetricPoint;
  /** The total of a sum, the value of a gauge; undefined for a histogram. */
  readonly value: bigint | number | undefined;
  /** The merged histogram; undefined for the other kinds. */
  readonly latency: LatencySummary | undefined;
}

/** At most so many parts of one series: runs of one that keeps restarting, or deltas of ever other bounds. */
const maxParts = 64;

/**
 * SeriesFold keeps a running state for each series in bounded memory, however long the command runs: delta points are
 * folded into one, of cumulative ones the last of each run is kept.
 */
export class SeriesFold {
  readonly #maxSeries: number;
  readonly #series = new Map<string, readonly MetricPoint[]>();
  #left = 0;

  constructor(maxSeries = 10_000) {
    this.#maxSeries = maxSeries;
  }

  /** How many points do not count, because there were too many series or parts of one. */
  get leftOut(): number {
    return this.#left;
  }

  get size(): number {
    return this.#series.size;
  }

  add(point: MetricPoint): void {
    const key = seriesKey(point);
    const kept = this.#series.get(key);
    if (kept === undefined && this.#series.size >= this.#maxSeries) {
      this.#left += 1;
      return;
    }
    const parts = kept === undefined ? [point] : foldPoint(kept, point);
    if (parts.length > maxParts) this.#left += 1;
    this.#series.set(key, parts.slice(-maxParts));
  }

  states(): readonly SeriesState[] {
    return [...this.#series.values()].flatMap((points) => stateOf(points));
  }
}

function foldPoint(kept: readonly MetricPoint[], point: MetricPoint): readonly MetricPoint[] {
  const last = kept.at(-1);
  if (last === undefined) return [point];
  const folded = mergeInto(last, point);
  return folded === undefined ? [...kept, point] : [...kept.slice(0, -1), folded];
}

/** One point for two of one series, when that loses nothing. */
function mergeInto(last: MetricPoint, point: MetricPoint): MetricPoint | undefined {
  if (!('temporality' in point)) return point;
  if (point.temporality === 'cumulative') {
    const sameRun = last.startTimeUnixNano === point.startTimeUnixNano && amountOf(point) >= amountOf(last);
    return sameRun || (point.kind === 'sum' && !point.monotonic) ? point : undefined;
  }
  if (point.kind === 'sum' && last.kind === 'sum') return addSums(last, point);
  if (point.kind === 'histogram' && last.kind === 'histogram') return addHistograms(last, point);
  if (point.kind === 'exponential-histogram' && last.kind === 'exponential-histogram')
    return mergeExponential(last, point);
  return undefined;
}

function amountOf(point: MetricPoint): bigint | number {
  if (point.kind === 'sum' || point.kind === 'gauge') return point.value ?? 0;
  return point.count;
}

function addSums(last: SumPoint, point: SumPoint): SumPoint {
  const a = last.value ?? 0n;
  const b = point.value ?? 0n;
  return { ...point, value: typeof a === 'bigint' && typeof b === 'bigint' ? a + b : Number(a) + Number(b) };
}

function addHistograms(last: HistogramPoint, point: HistogramPoint): HistogramPoint | undefined {
  const sameBounds =
    last.bounds.length === point.bounds.length &&
    last.bounds.every((bound, index) => bound === point.bounds[index]);
  if (!sameBounds) return undefined;
  return {
    ...point,
    count: last.count + point.count,
    sum: last.sum === undefined || point.sum === undefined ? undefined : last.sum + point.sum,
    min: choose(Math.min, last.min, point.min),
    max: choose(Math.max, last.max, point.max),
    bucketCounts: point.bucketCounts.map((count, index) => count + (last.bucketCounts[index] ?? 0n)),
  };
}

type Choice = (a: number, b: number) => number;

function choose(choice: Choice, a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : choice(a, b);
}

function stateOf(points: readonly MetricPoint[]): readonly SeriesState[] {
  const latest = points.at(-1);
  if (latest === undefined) return [];
  if (latest.kind === 'gauge') return [{ latest, value: latest.value, latency: undefined }];
  if (latest.kind === 'sum') return [{ latest, value: totalOf(points, latest), latency: undefined }];
  if (latest.kind === 'summary') return [{ latest, value: undefined, latency: undefined }];
  return [{ latest, value: undefined, latency: mergeHistograms(points) }];
}

function totalOf(points: readonly MetricPoint[], latest: SumPoint): bigint | number | undefined {
  const values = points.map((point) => (point.kind === 'sum' ? point.value : undefined));
  if (values.every((value) => typeof value !== 'number' || Number.isInteger(value))) return sumPoints(points);
  if (latest.temporality === 'cumulative' && !latest.monotonic) return latest.value;
  return values.reduce<number>((total, value) => total + Number(value ?? 0), 0);
}
