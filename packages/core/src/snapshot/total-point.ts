import { isMonotonic } from '../state/aggregation.ts';
import type { MetricData } from './metric-data.ts';
import type { SumPoint } from './point.ts';
import type { Series } from '../state/series.ts';

/** TotalPoint is a row of sums seen as a point. */
export class TotalPoint implements SumPoint {
  readonly type = 'sum';
  readonly #data: MetricData;
  readonly #row: number;

  constructor(data: MetricData, row: number) {
    this.#data = data;
    this.#row = row;
  }

  get series(): Series {
    return this.#data.series(this.#row);
  }

  get monotonic(): boolean {
    return isMonotonic(this.#data.metric.kind);
  }

  get windowStartTimeUnixNano(): bigint {
    return this.#data.windowStarts.of(this.#row);
  }

  get startTimeUnixNano(): bigint {
    const { restarts } = this.#data;
    const restart = restarts.size === 0 ? undefined : restarts.get(this.#data.table.id(this.#row));
    return restart === undefined ? this.#data.table.startTimeUnixNano(this.#row) : restart.startTimeUnixNano;
  }

  get total(): number | bigint {
    const { restarts, rows } = this.#data;
    const restart = restarts.size === 0 ? undefined : restarts.get(this.#data.table.id(this.#row));
    const total = rows.total(this.#row);
    return restart === undefined ? total : subtractExactly(total, restart.base);
  }

  get delta(): number | bigint {
    const { rows, settled } = this.#data;
    const total = rows.total(this.#row);
    return settled === undefined ? total : subtractExactly(total, settled.total(this.#row));
  }
}

/** The exact difference of two whole numbers: a number while it is a safe integer. */
function subtractExactly(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number' && Number.isSafeInteger(a - b)) return a - b;
  const difference = BigInt(a) - BigInt(b);
  return Number.isSafeInteger(Number(difference)) ? Number(difference) : difference;
}
