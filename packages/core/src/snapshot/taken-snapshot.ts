import type { AttributeValue, Attributes } from '../attributes.ts';
import type { InstrumentKind } from '../state/metric.ts';
import type { MetricState } from '../state/metric-state.ts';
import type { State } from '../state/state.ts';
import type { MetricData } from './metric-data.ts';
import type { Point } from './point.ts';
import { estimateQuantile } from './estimate-quantile.ts';
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
    const point = this.#find(name, attributes, ['counter']);
    return point?.type === 'sum' ? BigInt(point.delta) : 0n;
  }

  total(name: string, attributes?: Attributes): bigint {
    const point = this.#find(name, attributes, ['counter']);
    return point?.type === 'sum' ? BigInt(point.total) : 0n;
  }

  latency(name: string, attributes?: Attributes): DistributionSummary | undefined {
    const point = this.#find(name, attributes, ['latency', 'histogram']);
    if (point?.type !== 'histogram') return undefined;
    const { bounds, delta } = point;
    const { count, sum, min, max } = delta;
    return { count, sum, min, max, quantile: (q) => estimateQuantile(delta, bounds, q) };
  }

  gauge(name: string, attributes?: Attributes): number | undefined {
    const point = this.#find(name, attributes, ['gauge']);
    return point?.type === 'gauge' ? point.value : undefined;
  }

  toJSON(): SnapshotJson {
    return snapshotToJson(this);
  }

  /** The data of each metric, in point order. */
  get metrics(): readonly MetricData[] {
    return this.points.metrics;
  }

  #find(
    name: string,
    attributes: Attributes | undefined,
    kinds: readonly InstrumentKind[],
  ): Point | undefined {
    const metric = this.#state.findMetric(name);
    if (metric === undefined || !kinds.includes(metric.kind)) return undefined;
    const row = metric.lookUpCell(attributes)?.row;
    const data = this.#byMetric.get(metric);
    if (row === undefined || data === undefined || row >= data.rows.length) return undefined;
    return data.point(row);
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
