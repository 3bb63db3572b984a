import type { Result } from '../result.ts';
import type { Cell } from '../state/cell.ts';
import type { MetricState } from '../state/metric-state.ts';
import type { TelemetryError } from '../telemetry-error.ts';
import type { CopiedAttributes } from './copy-attributes.ts';

/** Binding leads a bound instrument to its series. */
export interface Binding {
  /** The metric's name, for messages. */
  readonly name: string;
  /** The cell to record in, made at the first record; or what recording is to return instead. */
  resolve(): Cell | Result<void, TelemetryError>;
}

/** SeriesBinding leads to the series of a metric with some attributes. A class, as there can be very many of it. */
export class SeriesBinding implements Binding {
  readonly #metric: MetricState;
  readonly #attributes: CopiedAttributes;

  constructor(metric: MetricState, attributes: CopiedAttributes) {
    this.#metric = metric;
    this.#attributes = attributes;
  }

  get name(): string {
    return this.#metric.name;
  }

  resolve(): Cell | Result<void, TelemetryError> {
    return this.#metric.state.boundCellFor(this.#metric, this.#attributes);
  }
}
