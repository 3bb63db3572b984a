import type { Distribution } from './point.ts';

/**
 * estimateQuantile finds the bucket that holds the share `q` of the values and goes linearly through it, as
 * Prometheus' histogram_quantile does, but between the smallest and largest value where those are narrower. Off by at
 * most the width of that bucket.
 */
export function estimateQuantile(
  values: Distribution,
  bounds: readonly number[],
  q: number,
): number | undefined {
  const { count, min, max, bucketCounts } = values;
  if (min === undefined || max === undefined || !(q >= 0 && q <= 1)) return undefined;
  const rank = q * count;
  let below = 0;
  for (const [i, inBucket] of bucketCounts.entries()) {
    if (inBucket > 0 && below + inBucket >= rank) {
      const lower = Math.max(bounds[i - 1] ?? min, min);
      const upper = Math.min(bounds[i] ?? max, max);
      return lower + ((upper - lower) * (rank - below)) / inBucket;
    }
    below += inBucket;
  }
  return max;
}
