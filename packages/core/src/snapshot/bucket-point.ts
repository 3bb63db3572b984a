import { histogramRow } from '../state/histogram-row.ts';
import { iterateByIndex } from './iterate-by-index.ts';
import type { MetricData } from './metric-data.ts';
import type { BucketCounts, Distribution, HistogramPoint } from './point.ts';
import { totalMoments, undeliveredMoments } from './read-moments.ts';
import type { Rows } from './rows.ts';
import type { Series } from '../state/series.ts';

/** BucketPoint is a row of explicit buckets seen as a point. */
export class BucketPoint implements HistogramPoint {
  readonly type = 'histogram';
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

  get bounds(): readonly number[] {
    return this.#data.metric.bounds;
  }

  get total(): Distribution {
    return new RowDistribution(this.#data, this.#row, undefined);
  }

  get delta(): Distribution {
    return new RowDistribution(this.#data, this.#row, { settled: this.#data.settled });
  }
}

/** RowDistribution reads a row of explicit buckets: all of it, or what is new in it. Nothing is copied. */
class RowDistribution implements Distribution, BucketCounts {
  readonly length: number;
  readonly count: number;
  readonly sum: number;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly #values: Float64Array;
  readonly #offset: number;
  /** The counts to take away, or `undefined` when there is nothing to. */
  readonly #before: Float64Array | undefined;

  constructor(data: MetricData, row: number, since: { readonly settled: Rows | undefined } | undefined) {
    const { rows } = data;
    const { settled } = since ?? { settled: undefined };
    this.length = rows.width - histogramRow.buckets;
    this.#values = rows.values;
    this.#offset = row * rows.width + histogramRow.buckets;
    this.#before = settled !== undefined && row < settled.length ? settled.values : undefined;
    let count = 0;
    for (let index = 0; index < this.length; index++) count += this.at(index);
    const moments = since === undefined ? totalMoments(data, row) : undeliveredMoments(data, row);
    this.count = count;
    this.sum = moments.sum;
    this.min = moments.min;
    this.max = moments.max;
  }

  get bucketCounts(): BucketCounts {
    return this;
  }

  at(index: number): number {
    const place = this.#offset + index;
    const count = this.#values[place] as number;
    return this.#before === undefined ? count : count - (this.#before[place] as number);
  }

  [Symbol.iterator](): Iterator<number, undefined> {
    return iterateByIndex(this.length, (index) => this.at(index));
  }

  toJSON(): object {
    const { count, sum, min, max } = this;
    return { count, sum, min, max, bucketCounts: [...this] };
  }
}
