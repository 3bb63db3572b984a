import type {
  BucketCounts,
  HistogramPoint,
  ExponentialHistogramPoint,
  ExponentialDistribution,
} from './point.ts';
import type { DistributionSummary } from './snapshot.ts';

/** Bucket is a range of values, its bounds not necessarily finite, and how many values it holds. */
interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

/** summarize shows what a histogram point recorded since the last delivered flush as people want it. */
export function summarize(point: HistogramPoint | ExponentialHistogramPoint): DistributionSummary {
  const { delta } = point;
  const { count, sum, min, max } = delta;
  const buckets = (): Iterable<Bucket> =>
    'scale' in delta ? exponentialBuckets(delta) : explicitBuckets(delta.bucketCounts, boundsOf(point));
  return { count, sum, min, max, quantile: (q) => estimateQuantile({ count, min, max, buckets }, q) };
}

/**
 * Finds the bucket that holds the share `q` of the values and goes linearly through it, as Prometheus'
 * histogram_quantile does, but between the smallest and largest value where those are narrower. Off by at most the
 * width of that bucket.
 */
function estimateQuantile(
  values: {
    readonly count: number;
    readonly min: number | undefined;
    readonly max: number | undefined;
    readonly buckets: () => Iterable<Bucket>;
  },
  q: number,
): number | undefined {
  const { count, min, max } = values;
  if (min === undefined || max === undefined || typeof q !== 'number' || !(q >= 0 && q <= 1))
    return undefined;
  const rank = q * count;
  let below = 0;
  for (const bucket of values.buckets()) {
    if (bucket.count > 0 && below + bucket.count >= rank) {
      // Borders are rounded, min and max are not: so either border may be beyond either of them.
      const lower = clamp(bucket.lower, min, max);
      const upper = clamp(bucket.upper, min, max);
      const share = (rank - below) / bucket.count;
      // Not by the difference of the two, which can be beyond the largest double. The sum is rounded as well.
      return clamp(lower * (1 - share) + upper * share, lower, upper);
    }
    below += bucket.count;
  }
  return max;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

function boundsOf(point: HistogramPoint | ExponentialHistogramPoint): readonly number[] {
  return point.type === 'histogram' ? point.bounds : [];
}

function* explicitBuckets(counts: BucketCounts, bounds: readonly number[]): Generator<Bucket> {
  let i = 0;
  for (const count of counts) {
    yield { lower: bounds[i - 1] ?? -Infinity, upper: bounds[i] ?? Infinity, count };
    i++;
  }
}

/** The buckets in the order of their values: those below 0 from the farthest on, 0, those above. */
function* exponentialBuckets(values: ExponentialDistribution): Generator<Bucket> {
  const { scale, negative, positive } = values;
  const border = (index: number): number => 2 ** (index * 2 ** -scale);
  for (let i = negative.bucketCounts.length - 1; i >= 0; i--) {
    const index = negative.offset + i;
    yield { lower: -border(index + 1), upper: -border(index), count: negative.bucketCounts.at(i) ?? 0 };
  }
  yield { lower: 0, upper: 0, count: values.zeroCount };
  let index = positive.offset;
  for (const count of positive.bucketCounts) {
    yield { lower: border(index), upper: border(index + 1), count };
    index++;
  }
}
