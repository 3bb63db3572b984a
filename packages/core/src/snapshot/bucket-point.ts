import { histogramRow } from '../state/histogram-row.ts';
import type { Metric } from '../state/metric.ts';
import type { Series } from '../state/series.ts';
import { iterateByIndex } from './iterate-by-index.ts';
import type { MetricData } from './metric-data.ts';
import type { HistogramTable, SeriesAttributes } from './point-table.ts';
import type { BucketCounts, Distribution, HistogramPoint } from './point.ts';

/** BucketTable is rows of explicit buckets seen as points. */
export class BucketTable implements HistogramTable {
  readonly type = 'histogram';
  readonly #data: MetricData;
  readonly #total: RowDistribution;
  readonly #delta: RowDistribution;

  constructor(data: MetricData) {
    this.#data = data;
    this.#total = new RowDistribution(data, false);
    this.#delta = new RowDistribution(data, true);
  }

  get metric(): Metric {
    return this.#data.metric;
  }

  get length(): number {
    return this.#data.rows.length;
  }

  get attributes(): SeriesAttributes {
    return this.#data.table.index;
  }

  get bounds(): readonly number[] {
    return this.#data.metric.bounds;
  }

  startTimeUnixNano(row: number): bigint {
    return this.#data.table.startTimeUnixNano(row);
  }

  windowStartTimeUnixNano(row: number): bigint {
    return this.#data.windowStarts.of(row);
  }

  isChanged(row: number): boolean {
    return this.#delta.read(row).count !== 0;
  }

  total(row: number): Distribution {
    return this.#total.read(row);
  }

  delta(row: number): Distribution {
    return this.#delta.read(row);
  }
}

/** BucketPoint is one row of them. */
export class BucketPoint implements HistogramPoint {
  readonly type = 'histogram';
  readonly #data: MetricData;
  readonly #table: BucketTable;
  readonly #row: number;

  constructor(data: MetricData, table: BucketTable, row: number) {
    this.#data = data;
    this.#table = table;
    this.#row = row;
  }

  get series(): Series {
    return this.#data.series(this.#row);
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
    return new RowDistribution(this.#data, false).read(this.#row);
  }

  get delta(): Distribution {
    return new RowDistribution(this.#data, true).read(this.#row);
  }
}

/** RowDistribution reads a row of explicit buckets: all of it, or what is new in it. Nothing is copied. */
class RowDistribution implements Distribution, BucketCounts {
  readonly length: number;
  count = 0;
  sum = 0;
  readonly #data: MetricData;
  readonly #isDelta: boolean;
  readonly #values: Float64Array;
  #offset = 0;
  #min = Infinity;
  #max = -Infinity;
  /** The counts to take away, or `undefined` when there is nothing to. */
  #before: Float64Array | undefined = undefined;

  constructor(data: MetricData, isDelta: boolean) {
    const { rows } = data;
    this.#data = data;
    this.#isDelta = isDelta;
    this.#values = rows.values;
    this.length = rows.width - histogramRow.buckets;
  }

  /** read turns to another row. */
  read(row: number): this {
    const { rows, settled, carried } = this.#data;
    const values = this.#values;
    const start = row * rows.width;
    this.sum = values[start + histogramRow.windowSum] as number;
    this.#min = values[start + histogramRow.windowMin] as number;
    this.#max = values[start + histogramRow.windowMax] as number;
    if (!this.#isDelta) this.#addMoments(values, start + histogramRow.closedSum);
    else if (carried !== undefined && row < carried.length)
      this.#addMoments(carried.values, start + histogramRow.windowSum);
    const offset = start + histogramRow.buckets;
    const end = offset + this.length;
    const before =
      this.#isDelta && settled !== undefined && row < settled.length ? settled.values : undefined;
    let count = 0;
    for (let place = offset; place < end; place++) count += values[place] as number;
    if (before !== undefined) for (let place = offset; place < end; place++) count -= before[place] as number;
    this.count = count;
    this.#offset = offset;
    this.#before = before;
    return this;
  }

  #addMoments(values: Float64Array, at: number): void {
    this.sum += values[at] as number;
    this.#min = Math.min(this.#min, values[at + 1] as number);
    this.#max = Math.max(this.#max, values[at + 2] as number);
  }

  get min(): number | undefined {
    // Without a value the smallest is above the largest.
    return this.#min > this.#max ? undefined : this.#min;
  }

  get max(): number | undefined {
    return this.#min > this.#max ? undefined : this.#max;
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
