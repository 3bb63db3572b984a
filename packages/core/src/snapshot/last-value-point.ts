import { gaugeRow } from '../state/gauge-row.ts';
import type { Metric } from '../state/metric.ts';
import type { Series } from '../state/series.ts';
import { unixNanoOf } from '../unix-nano.ts';
import type { MetricData } from './metric-data.ts';
import type { GaugeTable, SeriesAttributes } from './point-table.ts';
import type { GaugePoint } from './point.ts';

/** LastValueTable is rows of gauges seen as points. */
export class LastValueTable implements GaugeTable {
  readonly type = 'gauge';
  readonly #data: MetricData;

  constructor(data: MetricData) {
    this.#data = data;
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

  value(row: number): number {
    return this.#data.rows.number(row, gaugeRow.value);
  }

  timeUnixNano(row: number): bigint {
    return unixNanoOf(this.#data.rows.number(row, gaugeRow.unixMs));
  }

  isChanged(row: number): boolean {
    const { rows, settled } = this.#data;
    return rows.number(row, gaugeRow.sets) !== (settled?.number(row, gaugeRow.sets) ?? 0);
  }
}

/** LastValuePoint is one row of them. */
export class LastValuePoint implements GaugePoint {
  readonly type = 'gauge';
  readonly #data: MetricData;
  readonly #table: LastValueTable;
  readonly #row: number;

  constructor(data: MetricData, table: LastValueTable, row: number) {
    this.#data = data;
    this.#table = table;
    this.#row = row;
  }

  get series(): Series {
    return this.#data.series(this.#row);
  }

  get value(): number {
    return this.#table.value(this.#row);
  }

  get timeUnixNano(): bigint {
    return this.#table.timeUnixNano(this.#row);
  }

  get changed(): boolean {
    return this.#table.isChanged(this.#row);
  }
}
