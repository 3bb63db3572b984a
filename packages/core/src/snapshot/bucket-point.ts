import type { CountRows } from '../state/count-rows.ts';
import { histogramRow } from '../state/histogram-row.ts';
import type { Metric } from '../state/metric.ts';
import type { SeriesTable } from '../state/series-table.ts';
import type { Series } from '../state/series.ts';
import type { MetricData } from './metric-data.ts';
import type { HistogramTable, SeriesAttributes } from './point-table.ts';
import type { Distribution, HistogramPoint } from './point.ts';
import { countIn, RowDistribution, type RowNumbers } from './row-distribution.ts';

/** BucketTable is rows of explicit buckets seen as points. */
export class BucketTable implements HistogramTable {
  readonly type = 'histogram';
  readonly length: number;
  readonly series: SeriesTable;
  readonly totals: RowNumbers;
  readonly deltas: RowNumbers;
  readonly #data: MetricData;
  readonly #total: RowDistribution;
  readonly #delta: RowDistribution;

  constructor(data: MetricData) {
    this.length = data.rows.length;
    this.series = data.table;
    this.totals = totalNumbers(data);
    this.deltas = newNumbers(data, this.totals);
    this.#data = data;
    this.#total = new RowDistribution(this.totals, 0);
    this.#delta = new RowDistribution(this.deltas, 0);
  }

  get metric(): Metric {
    return this.#data.metric;
  }

  get attributes(): SeriesAttributes {
    return this.series.index;
  }

  get bounds(): readonly number[] {
    return this.#data.metric.bounds;
  }

  startTimeUnixNano(row: number): bigint {
    return this.series.startTimeUnixNano(row);
  }

  windowStartTimeUnixNano(row: number): bigint {
    return this.#data.windowStarts.of(row);
  }

  isChanged(row: number): boolean {
    return countIn(this.deltas, row) !== 0;
  }

  total(row: number): Distribution {
    return this.#total.turnTo(row);
  }

  delta(row: number): Distribution {
    return this.#delta.turnTo(row);
  }

  point(row: number): BucketPoint {
    return new BucketPoint(this, row);
  }
}

/** BucketPoint is one row of them. */
export class BucketPoint implements HistogramPoint {
  readonly #table: BucketTable;
  readonly #row: number;

  constructor(table: BucketTable, row: number) {
    this.#table = table;
    this.#row = row;
  }

  get type(): 'histogram' {
    return 'histogram';
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

  get bounds(): readonly number[] {
    return this.#table.bounds;
  }

  get total(): Distribution {
    return new RowDistribution(this.#table.totals, this.#row);
  }

  get delta(): Distribution {
    return new RowDistribution(this.#table.deltas, this.#row);
  }
}

/** All that was recorded: the moments of the closed windows belong to it, and there are no counts to take away. */
function totalNumbers({ rows }: MetricData): RowNumbers {
  const { exact: counts, width: buckets } = rows.counts as CountRows;
  return {
    moments: rows.values,
    width: rows.width,
    earlier: rows.values,
    earlierLength: rows.values.length,
    earlierAt: histogramRow.closedSum,
    counts,
    buckets,
    before: counts,
    beforeLength: 0,
  };
}

/** What is new in them. */
function newNumbers({ settled, carried }: MetricData, totals: RowNumbers): RowNumbers {
  const before = settled?.counts?.exact;
  return {
    ...totals,
    earlier: carried?.values ?? totals.earlier,
    earlierLength: carried?.values.length ?? 0,
    earlierAt: histogramRow.windowSum,
    before: before ?? totals.before,
    beforeLength: before?.length ?? 0,
  };
}
