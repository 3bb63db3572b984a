import { CollectorError } from './collector-error.ts';
import { withoutDuplicates } from './find-duplicates.ts';
import { cumulativeRuns, groupSeries } from './group-series.ts';
import type { ExponentialHistogramPoint, HistogramPoint, MetricPoint } from './metric-point.ts';
import type { SumOptions } from './sum-points.ts';

/** A bucket of values above `lower` up to and including `upper`. */
export interface LatencyBucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: bigint;
}

/** All that arrived of a histogram, merged over its series, windows and resets. In the unit of the metric. */
export interface LatencySummary {
  readonly unit: string;
  /** How many values were recorded. */
  readonly count: bigint;
  /** The sum of the values; NaN when a point had none. */
  readonly sum: number;
  /** undefined when no point had it. */
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** The buckets that are not empty, by upper bound. */
  readonly buckets: readonly LatencyBucket[];
  /**
   * An estimate of the q-quantile (0 ≤ q ≤ 1), interpolated in its bucket and kept within min and max; NaN of an empty
   * histogram. Exact are `count` and the bucket it falls in.
   */
  quantile(q: number): number;
}

type AnyHistogram = HistogramPoint | ExponentialHistogramPoint;

/**
 * mergeHistograms adds up histogram points like {@link sumPoints}. undefined when there are none.
 *
 * @throws CollectorError WRONG_KIND when there are points of another kind
 */
export function mergeHistograms(
  points: readonly MetricPoint[],
  { duplicates = 'count' }: SumOptions = {},
): LatencySummary | undefined {
  const histograms = points.map((point) => {
    if (point.kind === 'histogram' || point.kind === 'exponential-histogram') return point;
    throw new CollectorError('WRONG_KIND', `${point.name} is a ${point.kind}, not a histogram`);
  });
  const [first] = histograms;
  if (first === undefined) return undefined;
  const counted: AnyHistogram[] = [];
  for (const series of groupSeries(histograms).values()) {
    if (series[0]?.temporality === 'cumulative') {
      counted.push(...cumulativeRuns(series, (before, after) => after.count < before.count));
    } else {
      counted.push(...(duplicates === 'once' ? withoutDuplicates(series) : series));
    }
  }
  const minima = counted.map((point) => point.min).filter((value) => value !== undefined);
  const maxima = counted.map((point) => point.max).filter((value) => value !== undefined);
  const summary = {
    unit: first.unit,
    count: counted.reduce((total, point) => total + point.count, 0n),
    sum: counted.reduce((total, point) => total + (point.sum ?? Number.NaN), 0),
    min: minima.length === 0 ? undefined : Math.min(...minima),
    max: maxima.length === 0 ? undefined : Math.max(...maxima),
    buckets: mergeBuckets(counted),
  };
  return { ...summary, quantile: (q) => quantileOf(q, summary) };
}

function mergeBuckets(points: readonly AnyHistogram[]): readonly LatencyBucket[] {
  const merged = new Map<string, LatencyBucket>();
  for (const point of points) {
    for (const bucket of bucketsOf(point)) {
      const key = `${bucket.lower} ${bucket.upper}`;
      const count = bucket.count + (merged.get(key)?.count ?? 0n);
      merged.set(key, { ...bucket, count });
    }
  }
  return [...merged.values()].toSorted((a, b) => a.upper - b.upper || a.lower - b.lower);
}

function bucketsOf(point: AnyHistogram): readonly LatencyBucket[] {
  const buckets: LatencyBucket[] = [];
  if (point.kind === 'histogram') {
    for (const [index, count] of point.bucketCounts.entries()) {
      const lower = point.bounds[index - 1] ?? Number.NEGATIVE_INFINITY;
      if (count > 0n) buckets.push({ lower, upper: point.bounds[index] ?? Number.POSITIVE_INFINITY, count });
    }
    return buckets;
  }
  const boundary = (index: number): number => 2 ** (index / 2 ** point.scale);
  for (const [index, count] of point.negative.bucketCounts.entries()) {
    const at = point.negative.offset + index;
    if (count > 0n) buckets.push({ lower: -boundary(at + 1), upper: -boundary(at), count });
  }
  const { zeroThreshold, zeroCount } = point;
  if (zeroCount > 0n) buckets.push({ lower: 0 - zeroThreshold, upper: zeroThreshold, count: zeroCount });
  for (const [index, count] of point.positive.bucketCounts.entries()) {
    const at = point.positive.offset + index;
    if (count > 0n) buckets.push({ lower: boundary(at), upper: boundary(at + 1), count });
  }
  return buckets;
}

function quantileOf(
  q: number,
  { buckets, min, max }: Pick<LatencySummary, 'buckets' | 'min' | 'max'>,
): number {
  const total = Number(buckets.reduce((sum, bucket) => sum + bucket.count, 0n));
  if (total === 0 || !(q >= 0 && q <= 1)) return Number.NaN;
  const rank = q * total;
  let before = 0;
  for (const bucket of buckets) {
    const count = Number(bucket.count);
    if (before + count >= rank) {
      const lower = Math.max(bucket.lower, min ?? bucket.lower);
      const upper = Math.min(bucket.upper, max ?? bucket.upper);
      if (!Number.isFinite(lower)) return upper;
      if (!Number.isFinite(upper)) return lower;
      return lower + ((upper - lower) * Math.max(0, rank - before)) / count;
    }
    before += count;
  }
  return max ?? Number.NaN;
}
