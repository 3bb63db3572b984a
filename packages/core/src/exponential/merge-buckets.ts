import type { BucketRange, ExponentialBuckets } from './exponential-buckets.ts';

/** The most buckets a sign. Source: metrics SDK specification, "MaxSize". */
const mostBuckets = 160;

/**
 * mergeBuckets adds the counts of other buckets: what is there then is what there would be, had all values been recorded
 * in one place. The scale becomes the largest that is not above either one and at which all buckets of a sign fit in.
 *
 * Source: OpenTelemetry metrics data model, "Exponential Histogram: Merging".
 */
export function mergeBuckets(into: ExponentialBuckets, from: ExponentialBuckets): void {
  into.zeroCount += from.zeroCount;
  const scale = Math.min(into.scale, from.scale);
  const spanOfBoth = (sign: 'positive' | 'negative'): Span | undefined =>
    union(spanOf(into[sign], into.scale - scale), spanOf(from[sign], from.scale - scale));
  into.downscale(
    scale - Math.max(excessScales(spanOfBoth('positive')), excessScales(spanOfBoth('negative'))),
  );
  addRange(into.positive, from.positive, from.scale - into.scale);
  addRange(into.negative, from.negative, from.scale - into.scale);
}

/** Span is the indexes of the first and the last bucket. */
interface Span {
  readonly low: number;
  readonly high: number;
}

/** The span of a range's buckets at a scale smaller by so much; `undefined` when there are none. The outermost ones hold something. */
function spanOf({ offset, length }: BucketRange, by: number): Span | undefined {
  return length === 0 ? undefined : { low: offset >> by, high: (offset + length - 1) >> by };
}

function union(a: Span | undefined, b: Span | undefined): Span | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
}

/** By how many scales a span has to shrink to fit. */
function excessScales(span: Span | undefined): number {
  if (span === undefined) return 0;
  let by = 0;
  for (let { low, high } = span; high - low >= mostBuckets; by++) {
    low >>= 1;
    high >>= 1;
  }
  return by;
}

/** Adds the counts of a range that is finer by `by` scales. */
function addRange(into: BucketRange, from: BucketRange, by: number): void {
  const span = spanOf(from, by);
  if (span === undefined) return;
  const both = union(span, spanOf(into, 0)) as Span;
  into.extendTo(both.low, both.high);
  for (const [i, count] of from.counts.entries()) if (count > 0) into.add((from.offset + i) >> by, count);
}
