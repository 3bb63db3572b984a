import { gaugeRow } from '../state/gauge-row.ts';
import { unixNanoOf } from '../unix-nano.ts';
import type { MetricData } from './metric-data.ts';
import type { GaugePoint } from './point.ts';
import type { Series } from '../state/series.ts';

/** LastValuePoint is a row of gauges seen as a point. */
export class LastValuePoint implements GaugePoint {
  readonly type = 'gauge';
  readonly #data: MetricData;
  readonly #row: number;

  constructor(data: MetricData, row: number) {
    this.#data = data;
    this.#row = row;
  }

  get series(): Series {
    return this.#data.series(this.#row);
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
