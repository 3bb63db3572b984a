import { histogramRow } from '../state/histogram-row.ts';
import type { Metric } from '../state/metric.ts';
import type { Series } from '../state/series.ts';
import type { CountRows } from '../state/count-rows.ts';
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

/**
 * RowDistribution reads a row of explicit buckets: all of it, or what is new in it. Nothing is copied, and nothing is
 * worked out before it is asked for.
 */
class RowDistribution implements Distribution, BucketCounts {
  readonly length: number;
  readonly #data: MetricData;
  readonly #isDelta: boolean;
  readonly #values: Float64Array;
  readonly #counts: CountRows;
  readonly #lowCounts: Uint32Array;
  /** Whether any count is beyond the 32 bits that are at hand. */
  readonly #hasCarries: boolean;
  #row = 0;
  /** Where the row's moments begin. */
  #start = 0;
  /** Where the row's counts begin. */
  #countsStart = 0;
  /** Rows with the counts to take away, or `undefined` when there is nothing to. */
  #before: Uint32Array | undefined = undefined;
  /** Where the moments of earlier windows lie that belong to it, or `undefined` when there are none. */
  #earlier: Float64Array | undefined = undefined;
  #earlierAt = 0;

  constructor(data: MetricData, isDelta: boolean) {
    const { rows } = data;
    const counts = rows.counts as CountRows;
    this.#data = data;
    this.#isDelta = isDelta;
    this.#values = rows.values;
    this.#counts = counts;
    this.#lowCounts = counts.values;
    // What is settled is never more than there is.
    this.#hasCarries = counts.carries.size > 0;
    this.length = counts.width;
  }

  /** read turns to another row. */
  read(row: number): this {
    const { rows, settled, carried } = this.#data;
    const start = row * rows.width;
    this.#row = row;
    this.#start = start;
    this.#countsStart = row * this.length;
    if (this.#isDelta) {
      this.#before = settled !== undefined && row < settled.length ? settled.counts?.values : undefined;
      this.#earlier = carried !== undefined && row < carried.length ? carried.values : undefined;
      this.#earlierAt = start + histogramRow.windowSum;
    } else {
      this.#earlier = rows.values;
      this.#earlierAt = start + histogramRow.closedSum;
    }
    return this;
  }

  get count(): number {
    if (this.#hasCarries) return [...this].reduce((sum, count) => sum + count, 0);
    const from = this.#countsStart;
    const to = from + this.length;
    const count = sumOf(this.#lowCounts, from, to);
    return this.#before === undefined ? count : count - sumOf(this.#before, from, to);
  }

  get sum(): number {
    const sum = this.#values[this.#start + histogramRow.windowSum] as number;
    return this.#earlier === undefined ? sum : sum + (this.#earlier[this.#earlierAt] as number);
  }

  get min(): number | undefined {
    const open = this.#values[this.#start + histogramRow.windowMin] as number;
    const earlier = this.#earlier;
    const min = earlier === undefined ? open : Math.min(open, earlier[this.#earlierAt + 1] as number);
    // Without a value the smallest is above all numbers.
    return min === Infinity ? undefined : min;
  }

  get max(): number | undefined {
    const open = this.#values[this.#start + histogramRow.windowMax] as number;
    const earlier = this.#earlier;
    const max = earlier === undefined ? open : Math.max(open, earlier[this.#earlierAt + 2] as number);
    return max === -Infinity ? undefined : max;
  }

  get bucketCounts(): BucketCounts {
    return this;
  }

  at(index: number): number {
    if (this.#hasCarries) return this.#wideAt(index);
    const place = this.#countsStart + index;
    const count = this.#lowCounts[place] as number;
    return this.#before === undefined ? count : count - (this.#before[place] as number);
  }

  #wideAt(index: number): number {
    const count = this.#counts.count(this.#row, index);
    return this.#isDelta ? count - (this.#data.settled?.counts?.count(this.#row, index) ?? 0) : count;
  }

  [Symbol.iterator](): Iterator<number, undefined> {
    return iterateByIndex(this.length, (index) => this.at(index));
  }

  toJSON(): object {
    const { count, sum, min, max } = this;
    return { count, sum, min, max, bucketCounts: [...this] };
  }
}

/** The sum of the numbers from one place to before another. Four sums side by side: an addition waits for the last one. */
function sumOf(values: Uint32Array, from: number, to: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let place = from;
  for (; place + 4 <= to; place += 4) {
    a += values[place] as number;
    b += values[place + 1] as number;
    c += values[place + 2] as number;
    d += values[place + 3] as number;
  }
  for (; place < to; place++) a += values[place] as number;
  return a + b + c + d;
}
