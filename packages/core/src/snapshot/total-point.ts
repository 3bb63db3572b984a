import { isMonotonic } from '../state/aggregation.ts';
import type { Metric } from '../state/metric.ts';
import type { SeriesTable } from '../state/series-table.ts';
import type { Series } from '../state/series.ts';
import type { MetricData, Restart } from './metric-data.ts';
import type { SeriesAttributes, SumTable } from './point-table.ts';
import type { SumPoint } from './point.ts';

/** TotalTable is rows of sums seen as points. */
export class TotalTable implements SumTable {
  readonly type = 'sum';
  readonly length: number;
  readonly series: SeriesTable;
  readonly #data: MetricData;
  /** The totals when all of them, and those settled, are numbers, and count from where their series began. */
  readonly #plain: Float64Array | undefined;
  /** For these: the totals as last settled, as far as there were such rows. */
  readonly #settled: Float64Array;

  constructor(data: MetricData) {
    const { rows, settled, restarts } = data;
    this.length = rows.length;
    this.series = data.table;
    this.#data = data;
    const isPlain = restarts.size === 0 && rows.wideBases.size === 0 && (settled?.wideBases.size ?? 0) === 0;
    this.#plain = isPlain ? rows.values : undefined;
    this.#settled = settled?.values ?? noTotals;
  }

  get metric(): Metric {
    return this.#data.metric;
  }

  get attributes(): SeriesAttributes {
    return this.series.index;
  }

  get monotonic(): boolean {
    return isMonotonic(this.#data.metric.kind);
  }

  startTimeUnixNano(row: number): bigint {
    return this.#restart(row)?.startTimeUnixNano ?? this.series.startTimeUnixNano(row);
  }

  windowStartTimeUnixNano(row: number): bigint {
    return this.#data.windowStarts.of(row);
  }

  isChanged(row: number): boolean {
    return this.delta(row) !== 0;
  }

  total(row: number): number | bigint {
    const plain = this.#plain;
    return plain === undefined ? this.#unusualTotal(row) : (plain[row] as number);
  }

  delta(row: number): number | bigint {
    const plain = this.#plain;
    if (plain === undefined) return this.#unusualDelta(row);
    const settled = this.#settled;
    const total = plain[row] as number;
    return row < settled.length ? subtractExactly(total, settled[row] as number) : total;
  }

  point(row: number): TotalPoint {
    return new TotalPoint(this, row);
  }

  #unusualTotal(row: number): number | bigint {
    const total = this.#data.rows.total(row);
    const restart = this.#restart(row);
    return restart === undefined ? total : subtractExactly(total, restart.base);
  }

  #unusualDelta(row: number): number | bigint {
    const { rows, settled } = this.#data;
    const total = rows.total(row);
    return settled === undefined ? total : subtractExactly(total, settled.total(row));
  }

  #restart(row: number): Restart | undefined {
    const { restarts } = this.#data;
    return restarts.size === 0 ? undefined : restarts.get(this.series.id(row));
  }
}

/** TotalPoint is one row of them. */
export class TotalPoint implements SumPoint {
  readonly #table: TotalTable;
  readonly #row: number;

  constructor(table: TotalTable, row: number) {
    this.#table = table;
    this.#row = row;
  }

  get type(): 'sum' {
    return 'sum';
  }

  get series(): Series {
    return this.#table.series.series(this.#row);
  }

  get monotonic(): boolean {
    return this.#table.monotonic;
  }

  get windowStartTimeUnixNano(): bigint {
    return this.#table.windowStartTimeUnixNano(this.#row);
  }

  get startTimeUnixNano(): bigint {
    return this.#table.startTimeUnixNano(this.#row);
  }

  get total(): number | bigint {
    return this.#table.total(this.#row);
  }

  get delta(): number | bigint {
    return this.#table.delta(this.#row);
  }
}

const noTotals = new Float64Array(0);

/** The exact difference of two whole numbers: a number while it is a safe integer. */
function subtractExactly(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number' && Number.isSafeInteger(a - b)) return a - b;
  const difference = BigInt(a) - BigInt(b);
  return Number.isSafeInteger(Number(difference)) ? Number(difference) : difference;
}
