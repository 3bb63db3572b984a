import type { Cell } from '../state/cell.ts';
import { histogramRow } from '../state/histogram-row.ts';
import type { MetricData } from './metric-data.ts';
import type { Distribution, HistogramPoint } from './point.ts';
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

  get startTimeUnixNano(): bigint {
    return this.series.startTimeUnixNano;
  }

  get bounds(): readonly number[] {
    return this.#data.metric.bounds;
  }

  get total(): Distribution {
    return this.#distribution(histogramRow.closedSum, undefined);
  }

  get delta(): Distribution {
    return this.#distribution(histogramRow.windowSum, this.#data.settled);
  }

  /** The moments that begin at a place, and the bucket counts less those of `before`. */
  #distribution(momentsAt: number, before: Rows | undefined): Distribution {
    const { rows } = this.#data;
    const bucketCounts: number[] = [];
    let count = 0;
    for (let place: number = histogramRow.buckets; place < rows.width; place++) {
      const inBucket = rows.number(this.#row, place) - (before?.number(this.#row, place) ?? 0);
      bucketCounts.push(inBucket);
      count += inBucket;
    }
    return { count, ...readMoments(rows, { row: this.#row, momentsAt, isEmpty: count === 0 }), bucketCounts };
  }
}

/** readMoments reads the sum, min and max that begin at a place of a row. */
export function readMoments(
  rows: Rows,
  at: { readonly row: number; readonly momentsAt: number; readonly isEmpty: boolean },
): { readonly sum: number; readonly min: number | undefined; readonly max: number | undefined } {
  const { row, momentsAt, isEmpty } = at;
  return {
    sum: rows.number(row, momentsAt),
    min: isEmpty ? undefined : rows.number(row, momentsAt + 1),
    max: isEmpty ? undefined : rows.number(row, momentsAt + 2),
  };
}
