import { type BucketRange, ExponentialBuckets } from '../exponential/exponential-buckets.ts';
import { histogramRow } from '../state/histogram-row.ts';
import type { Metric } from '../state/metric.ts';
import type { SeriesTable } from '../state/series-table.ts';
import type { Series } from '../state/series.ts';
import type { MetricData } from './metric-data.ts';
import type { ExponentialHistogramTable, SeriesAttributes } from './point-table.ts';
import type { ExponentialDistribution, ExponentialHistogramPoint, ExponentialRange } from './point.ts';
import { type Moments, totalMoments, undeliveredMoments } from './read-moments.ts';
import type { Rows } from './rows.ts';

/** ExponentialTable is rows of exponential buckets seen as points. */
export class ExponentialTable implements ExponentialHistogramTable {
  readonly type = 'exponential-histogram';
  readonly length: number;
  readonly series: SeriesTable;
  readonly #data: MetricData;

  constructor(data: MetricData) {
    this.length = data.rows.length;
    this.series = data.table;
    this.#data = data;
  }

  get metric(): Metric {
    return this.#data.metric;
  }

  get attributes(): SeriesAttributes {
    return this.series.index;
  }

  startTimeUnixNano(row: number): bigint {
    return this.series.startTimeUnixNano(row);
  }

  windowStartTimeUnixNano(row: number): bigint {
    return this.#data.windowStarts.of(row);
  }

  isChanged(row: number): boolean {
    return this.#count(row, this.#data.settled) !== 0;
  }

  total(row: number): ExponentialDistribution {
    return this.#distribution(row, totalMoments(this.#data, row), undefined);
  }

  delta(row: number): ExponentialDistribution {
    return this.#distribution(row, undeliveredMoments(this.#data, row), this.#data.settled);
  }

  point(row: number): ExponentialPoint {
    return new ExponentialPoint(this, row);
  }

  #count(row: number, before: Rows | undefined): number {
    const { rows } = this.#data;
    const place = histogramRow.exponentialCount;
    return rows.number(row, place) - (before?.number(row, place) ?? 0);
  }

  /** The moments, and the buckets less those of `before`. */
  #distribution(row: number, moments: Moments, before: Rows | undefined): ExponentialDistribution {
    let buckets = this.#data.rows.buckets?.[row] ?? new ExponentialBuckets(0);
    const beforeBuckets = before?.buckets?.[row];
    if (beforeBuckets !== undefined) {
      buckets = new ExponentialBuckets(0, buckets);
      buckets.subtract(beforeBuckets);
    }
    return {
      count: this.#count(row, before),
      ...moments,
      scale: buckets.scale,
      zeroCount: buckets.zeroCount,
      positive: readRange(buckets.positive),
      negative: readRange(buckets.negative),
    };
  }
}

/** ExponentialPoint is one row of them. */
export class ExponentialPoint implements ExponentialHistogramPoint {
  readonly #table: ExponentialTable;
  readonly #row: number;

  constructor(table: ExponentialTable, row: number) {
    this.#table = table;
    this.#row = row;
  }

  get type(): 'exponential-histogram' {
    return 'exponential-histogram';
  }

  get series(): Series {
    return this.#table.series.series(this.#row);
  }

  get windowStartTimeUnixNano(): bigint {
    return this.#table.windowStartTimeUnixNano(this.#row);
  }

  get startTimeUnixNano(): bigint {
    return this.#table.startTimeUnixNano(this.#row);
  }

  get total(): ExponentialDistribution {
    return this.#table.total(this.#row);
  }

  get delta(): ExponentialDistribution {
    return this.#table.delta(this.#row);
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
