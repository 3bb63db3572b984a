import { gaugeRow } from '../state/gauge-row.ts';
import type { Metric } from '../state/metric.ts';
import type { SeriesTable } from '../state/series-table.ts';
import type { Series } from '../state/series.ts';
import { unixNanoOf } from '../unix-nano.ts';
import type { MetricData } from './metric-data.ts';
import type { GaugeTable, SeriesAttributes } from './point-table.ts';
import type { GaugePoint } from './point.ts';

/** LastValueTable is rows of gauges seen as points. */
export class LastValueTable implements GaugeTable {
  readonly type = 'gauge';
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

  point(row: number): LastValuePoint {
    return new LastValuePoint(this, row);
  }
}

/** LastValuePoint is one row of them. */
export class LastValuePoint implements GaugePoint {
  readonly #table: LastValueTable;
  readonly #row: number;

  constructor(table: LastValueTable, row: number) {
    this.#table = table;
    this.#row = row;
  }

  get type(): 'gauge' {
    return 'gauge';
  }

  get series(): Series {
    return this.#table.series.series(this.#row);
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
