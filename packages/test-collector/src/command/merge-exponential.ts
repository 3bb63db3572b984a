import type { ExponentialHistogramPoint } from '../metric-point.ts';

type Buckets = ExponentialHistogramPoint['positive'];

/** mergeExponential adds two delta points of one series, at the coarser of their scales (data model, "Exponential"). */
export function mergeExponential(
  last: ExponentialHistogramPoint,
  point: ExponentialHistogramPoint,
): ExponentialHistogramPoint {
  const scale = Math.min(last.scale, point.scale);
  const add = (side: 'positive' | 'negative'): Buckets =>
    addBuckets(downscale(last[side], last.scale - scale), downscale(point[side], point.scale - scale));
  return {
    ...point,
    scale,
    count: last.count + point.count,
    sum: last.sum === undefined || point.sum === undefined ? undefined : last.sum + point.sum,
    min: last.min === undefined || point.min === undefined ? undefined : Math.min(last.min, point.min),
    max: last.max === undefined || point.max === undefined ? undefined : Math.max(last.max, point.max),
    zeroCount: last.zeroCount + point.zeroCount,
    zeroThreshold: Math.max(last.zeroThreshold, point.zeroThreshold),
    positive: add('positive'),
    negative: add('negative'),
  };
}

/** One step less of scale is a base squared: two buckets become one. */
function downscale({ offset, bucketCounts }: Buckets, steps: number): Buckets {
  if (steps === 0) return { offset, bucketCounts };
  const index = (place: number): number => Math.floor((offset + place) / 2 ** steps);
  const start = index(0);
  const counts: bigint[] = [];
  for (const [place, count] of bucketCounts.entries()) {
    const target = index(place) - start;
    counts[target] = (counts[target] ?? 0n) + count;
  }
  return { offset: start, bucketCounts: counts };
}

function addBuckets(a: Buckets, b: Buckets): Buckets {
  if (a.bucketCounts.length === 0) return b;
  if (b.bucketCounts.length === 0) return a;
  const offset = Math.min(a.offset, b.offset);
  const end = Math.max(a.offset + a.bucketCounts.length, b.offset + b.bucketCounts.length);
  const countAt = ({ offset: start, bucketCounts }: Buckets, index: number): bigint =>
    bucketCounts[index - start] ?? 0n;
  const bucketCounts = Array.from(
    { length: end - offset },
    (_, place) => countAt(a, offset + place) + countAt(b, offset + place),
  );
  return { offset, bucketCounts };
}
