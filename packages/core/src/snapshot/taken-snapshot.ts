import type { InspectOptions, inspect } from 'node:util';
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
  /** Made when something is looked for. */
  #byMetric: ReadonlyMap<MetricState, MetricData> | undefined = undefined;

  static {
    // What console.log shows: all that is in it, attributes and buckets, too; within something else, how much it is.
    Object.defineProperty(this.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(
        this: TakenSnapshot,
        depth: number | null,
        options: InspectOptions,
        show: typeof inspect,
      ): string {
        if (depth !== null && depth < 1) return `[Snapshot of ${this.points.length} points]`;
        return show(this.toJSON(), { ...options, depth: 4 });
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
    this.#byMetric ??= new Map(this.metrics.map((each) => [each.metric, each]));
    const data = metric && this.#byMetric.get(metric);
    const copy = copyAttributes(attributes === undefined ? {} : attributes);
    if (data === undefined || !copy.ok) return undefined;
    const row = data.findRow(copy.value);
    return row === undefined ? undefined : { data, row };
  }
}

/** MetricPoints strings the points of several metrics together. */
class MetricPoints implements Points {
  readonly length: number;
  readonly metrics: readonly MetricData[];
  readonly tables: readonly MetricData['points'][];

  /** The index of each metric's first point. */
  readonly #firsts: readonly number[];

  constructor(metrics: readonly MetricData[]) {
    this.metrics = metrics;
    this.tables = Object.freeze(metrics.map((data) => data.points));
    const firsts: number[] = [];
    let length = 0;
    for (const data of metrics) {
      firsts.push(length);
      length += data.rows.length;
    }
    this.#firsts = firsts;
    this.length = length;
    Object.freeze(this);
  }

  at(index: number): Point | undefined {
    if (!(index >= 0 && index < this.length)) return undefined;
    // The last metric that begins at or before the index.
    let low = 0;
    let high = this.metrics.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#firsts[middle] as number) <= index) low = middle;
      else high = middle - 1;
    }
    return this.metrics[low]?.point(index - (this.#firsts[low] as number));
  }

  [Symbol.iterator](): Iterator<Point, undefined> {
    const { tables } = this;
    let next = 0;
    let table = tables[0];
    let row = 0;
    let length = 0;
    return {
      // One place that makes a result, and not one for the last: so V8 need not make it, nor the point where it is read at once.
      next(): IteratorResult<Point, undefined> {
        while (row === length && next < tables.length) {
          table = tables[next++] as MetricData['points'];
          length = table.length;
          row = 0;
        }
        const done = row === length;
        return { done, value: done ? undefined : table?.point(row++) } as IteratorResult<Point, undefined>;
      },
    };
  }
}
