import type { AttributeValue, Attributes } from '../attributes.ts';
import { copyAttributes } from '../record/copy-attributes.ts';
import type { MetricState } from '../state/metric-state.ts';
import type { State } from '../state/state.ts';
import type { MetricData } from './metric-data.ts';
import type { Point } from './point.ts';
import { summarize } from './summarize-distribution.ts';
import type { DistributionSummary, Points, Snapshot, SnapshotJson } from './snapshot.ts';
import { snapshotToJson } from './snapshot-to-json.ts';

/** TakenSnapshot is a snapshot of a State: copies of its numbers, and the state itself only to look names up. */
export class TakenSnapshot implements Snapshot {
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
  readonly resource: ReadonlyMap<string, AttributeValue>;
  readonly labels: ReadonlyMap<string, AttributeValue>;
  readonly points: MetricPoints;
  readonly #state: State;
  readonly #byMetric: ReadonlyMap<MetricState, MetricData>;

  static {
    // What console.log shows.
    Object.defineProperty(this.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(this: TakenSnapshot): SnapshotJson {
        return this.toJSON();
      },
    });
  }

  constructor(fields: {
    readonly state: State;
    readonly metrics: readonly MetricData[];
    readonly startTimeUnixNano: bigint;
    readonly timeUnixNano: bigint;
    readonly resource: ReadonlyMap<string, AttributeValue>;
    readonly labels: ReadonlyMap<string, AttributeValue>;
  }) {
    this.startTimeUnixNano = fields.startTimeUnixNano;
    this.timeUnixNano = fields.timeUnixNano;
    this.resource = fields.resource;
    this.labels = fields.labels;
    this.points = new MetricPoints(fields.metrics);
    this.#state = fields.state;
    this.#byMetric = new Map(fields.metrics.map((data) => [data.metric, data]));
    Object.freeze(this);
  }

  counter(name: string, attributes?: Attributes): bigint {
    const point = this.#find(name, attributes);
    return point?.type === 'sum' ? BigInt(point.delta) : 0n;
  }

  total(name: string, attributes?: Attributes): bigint {
    const found = this.#locate(name, attributes);
    return found?.data.metric.aggregation === 'sum' ? BigInt(found.data.rows.total(found.row)) : 0n;
  }

  latency(name: string, attributes?: Attributes): DistributionSummary | undefined {
    const point = this.#find(name, attributes);
    return point?.type === 'histogram' || point?.type === 'exponential-histogram'
      ? summarize(point)
      : undefined;
  }

  gauge(name: string, attributes?: Attributes): number | undefined {
    const point = this.#find(name, attributes);
    return point?.type === 'gauge' ? point.value : undefined;
  }

  toJSON(): SnapshotJson {
    return snapshotToJson(this);
  }

  /** The data of each metric, in point order. */
  get metrics(): readonly MetricData[] {
    return this.points.metrics;
  }

  #find(name: string, attributes: Attributes | undefined): Point | undefined {
    const found = this.#locate(name, attributes);
    return found?.data.point(found.row);
  }

  #locate(
    name: string,
    attributes: Attributes | undefined,
  ): { readonly data: MetricData; readonly row: number } | undefined {
    const metric = this.#state.findMetric(name);
    const data = metric && this.#byMetric.get(metric);
    const copy = copyAttributes(attributes === undefined ? {} : attributes);
    if (data === undefined || !copy.ok) return undefined;
    const row = data.findRow(copy.value.normalized);
    return row === undefined ? undefined : { data, row };
  }
}

/** MetricPoints strings the points of several metrics together. */
class MetricPoints implements Points {
  readonly length: number;
  readonly metrics: readonly MetricData[];

  constructor(metrics: readonly MetricData[]) {
    this.metrics = metrics;
    this.length = metrics.reduce((length, data) => length + data.rows.length, 0);
    Object.freeze(this);
  }

  at(index: number): Point | undefined {
    let row = index;
    for (const data of this.metrics) {
      if (row < data.rows.length) return row >= 0 ? data.point(row) : undefined;
      row -= data.rows.length;
    }
    return undefined;
  }

  *[Symbol.iterator](): Generator<Point> {
    for (const data of this.metrics) {
      for (let row = 0; row < data.rows.length; row++) yield data.point(row);
    }
  }
}
