import { type BucketRange, ExponentialBuckets } from '../exponential/exponential-buckets.ts';
import { histogramRow } from '../state/histogram-row.ts';
import type { MetricData } from './metric-data.ts';
import type { ExponentialDistribution, ExponentialHistogramPoint, ExponentialRange } from './point.ts';
import { type Moments, totalMoments, undeliveredMoments } from './read-moments.ts';
import type { Rows } from './rows.ts';
import type { Series } from '../state/series.ts';

/** ExponentialPoint is a row of exponential buckets seen as a point. */
export class ExponentialPoint implements ExponentialHistogramPoint {
  readonly type = 'exponential-histogram';
  readonly #data: MetricData;
  readonly #row: number;

  constructor(data: MetricData, row: number) {
    this.#data = data;
    this.#row = row;
  }

  get series(): Series {
    return this.#data.series(this.#row);
  }

  get windowStartTimeUnixNano(): bigint {
    return this.#data.windowStarts.of(this.#row);
  }

  get startTimeUnixNano(): bigint {
    return this.#data.table.startTimeUnixNano(this.#row);
  }

  get total(): ExponentialDistribution {
    return this.#distribution(totalMoments(this.#data, this.#row), undefined);
  }

  get delta(): ExponentialDistribution {
    return this.#distribution(undeliveredMoments(this.#data, this.#row), this.#data.settled);
  }

  /** The moments, and the buckets less those of `before`. */
  #distribution(moments: Moments, before: Rows | undefined): ExponentialDistribution {
    const { rows } = this.#data;
    const row = this.#row;
    const count = rows.number(row, histogramRow.buckets) - (before?.number(row, histogramRow.buckets) ?? 0);
    let buckets = rows.buckets?.[row] ?? new ExponentialBuckets(0);
    const beforeBuckets = before?.buckets?.[row];
    if (beforeBuckets !== undefined) {
      buckets = new ExponentialBuckets(0, buckets);
      buckets.subtract(beforeBuckets);
    }
    return {
      count,
      ...moments,
      scale: buckets.scale,
      zeroCount: buckets.zeroCount,
      positive: readRange(buckets.positive),
      negative: readRange(buckets.negative),
    };
  }
}

/** The buckets from the first to the last that holds something. */
function readRange(range: BucketRange): ExponentialRange {
  const { counts, offset } = range;
  let first = 0;
  let end = counts.length;
  while (first < end && counts[first] === 0) first++;
  while (end > first && counts[end - 1] === 0) end--;
  return {
    offset: first === end ? 0 : offset + first,
    bucketCounts: counts.slice(first, end),
  };
}
