import type { Cell } from '../state/cell.ts';
import { gaugeRow } from '../state/gauge-row.ts';
import { histogramRow } from '../state/histogram-row.ts';
import type { MetricState } from '../state/metric-state.ts';
import { unixNanoOf } from '../unix-nano.ts';
import type { Distribution, GaugePoint, HistogramPoint, Point, SumPoint } from './point.ts';
import type { Rows } from './rows.ts';

/** MetricData is the part of a snapshot that one metric makes up. */
export class MetricData {
  readonly metric: MetricState;
  /** The cell of each row. Longer than `rows` when series were added since. */
  readonly cells: readonly Cell[];
  readonly rows: Rows;
  /** The rows as last settled: what is new is the difference to them. */
  readonly settled: Rows | undefined;

  constructor(fields: {
    readonly metric: MetricState;
    readonly rows: Rows;
    readonly settled: Rows | undefined;
  }) {
    this.metric = fields.metric;
    this.cells = fields.metric.cells;
    this.rows = fields.rows;
    this.settled = fields.settled;
  }

  /** The point of a row from 0 to rows.length − 1. */
  point(row: number): Point {
    switch (this.metric.kind) {
      case 'counter':
        return new CounterPoint(this, row);
      case 'gauge':
        return new LastValuePoint(this, row);
      case 'latency':
      case 'histogram':
        return new ExplicitHistogramPoint(this, row);
    }
  }
}

class CounterPoint implements SumPoint {
  readonly type = 'sum';
  readonly monotonic = true;
  readonly #data: MetricData;
  readonly #row: number;

  constructor(data: MetricData, row: number) {
    this.#data = data;
    this.#row = row;
  }

  get series(): Cell {
    return this.#data.cells[this.#row] as Cell;
  }

  get startTimeUnixNano(): bigint {
    return this.series.startTimeUnixNano;
  }

  get total(): number | bigint {
    return this.#data.rows.total(this.#row);
  }

  get delta(): number | bigint {
    const { rows, settled } = this.#data;
    return settled === undefined
      ? rows.total(this.#row)
      : subtractExactly(rows.total(this.#row), settled.total(this.#row));
  }
}

class LastValuePoint implements GaugePoint {
  readonly type = 'gauge';
  readonly #data: MetricData;
  readonly #row: number;

  constructor(data: MetricData, row: number) {
    this.#data = data;
    this.#row = row;
  }

  get series(): Cell {
    return this.#data.cells[this.#row] as Cell;
  }

  get value(): number {
    return this.#data.rows.number(this.#row, gaugeRow.value);
  }

  get timeUnixNano(): bigint {
    return unixNanoOf(this.#data.rows.number(this.#row, gaugeRow.unixMs));
  }

  get changed(): boolean {
    const { rows, settled } = this.#data;
    return rows.number(this.#row, gaugeRow.sets) !== (settled?.number(this.#row, gaugeRow.sets) ?? 0);
  }
}

class ExplicitHistogramPoint implements HistogramPoint {
  readonly type = 'histogram';
  readonly #data: MetricData;
  readonly #row: number;

  constructor(data: MetricData, row: number) {
    this.#data = data;
    this.#row = row;
  }

  get series(): Cell {
    return this.#data.cells[this.#row] as Cell;
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
    const row = this.#row;
    const bucketCounts: number[] = [];
    let count = 0;
    for (let place: number = histogramRow.buckets; place < rows.width; place++) {
      const inBucket = rows.number(row, place) - (before?.number(row, place) ?? 0);
      bucketCounts.push(inBucket);
      count += inBucket;
    }
    return {
      count,
      sum: rows.number(row, momentsAt),
      min: count === 0 ? undefined : rows.number(row, momentsAt + 1),
      max: count === 0 ? undefined : rows.number(row, momentsAt + 2),
      bucketCounts,
    };
  }
}

/** The exact difference of two whole numbers, `a` not below `b`: a number while it is a safe integer. */
function subtractExactly(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const difference = BigInt(a) - BigInt(b);
  return difference <= Number.MAX_SAFE_INTEGER ? Number(difference) : difference;
}
