import type { Cell } from '../state/cell.ts';
import { histogramRow } from '../state/histogram-row.ts';
import type { MetricData } from './metric-data.ts';
import type { Distribution, HistogramPoint } from './point.ts';
import { type Moments, totalMoments, undeliveredMoments } from './read-moments.ts';
import type { Rows } from './rows.ts';

/** BucketPoint is a row of explicit buckets seen as a point. */
export class BucketPoint implements HistogramPoint {
  readonly type = 'histogram';
  readonly #data: MetricData;
  readonly #row: number;

  constructor(data: MetricData, row: number) {
    this.#data = data;
    this.#row = row;
  }

  get series(): Cell {
    return this.#data.series(this.#row);
  }

  get windowStartTimeUnixNano(): bigint {
    return this.#data.windowStarts.of(this.#row);
  }

  get startTimeUnixNano(): bigint {
    return this.series.startTimeUnixNano;
  }

  get bounds(): readonly number[] {
    return this.#data.metric.bounds;
  }

  get total(): Distribution {
    return this.#distribution(totalMoments(this.#data, this.#row), undefined);
  }

  get delta(): Distribution {
    return this.#distribution(undeliveredMoments(this.#data, this.#row), this.#data.settled);
  }

  /** The moments, and the bucket counts less those of `before`. */
  #distribution({ sum, min, max }: Moments, before: Rows | undefined): Distribution {
    const { rows } = this.#data;
    const bucketCounts: number[] = [];
    let count = 0;
    for (let place: number = histogramRow.buckets; place < rows.width; place++) {
      const inBucket = rows.number(this.#row, place) - (before?.number(this.#row, place) ?? 0);
      bucketCounts.push(inBucket);
      count += inBucket;
    }
    return { count, sum, min, max, bucketCounts };
  }
}
