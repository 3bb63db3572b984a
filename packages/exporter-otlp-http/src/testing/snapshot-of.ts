import type {
  AttributeValue,
  Attributes,
  Distribution,
  GaugePoint,
  HistogramPoint,
  Metric,
  Point,
  Points,
  Series,
  Snapshot,
  SumPoint,
} from '@pqcnet/telemetry-core';

/** START and END are the window of snapshots made here, in nanoseconds since the Unix epoch. */
export const START = 1_790_000_000_000_000_001n;
export const END = 1_790_000_000_500_000_002n;
/** WINDOW_START is where the deltas of points made here begin. */
const WINDOW_START: bigint = START + 7n;

export interface MetricFixture {
  readonly name: string;
  readonly unit?: string;
  readonly description?: string;
}

let nextId = 0;

/** metricOf makes a metric. */
export function metricOf(kind: Metric['kind'], fixture: MetricFixture): Metric {
  return { kind, unit: '', description: '', ...fixture };
}

/** seriesOf makes a series with a fresh id. */
export function seriesOf(metric: Metric, attributes: Attributes = {}): Series {
  nextId += 1;
  return { id: nextId, metric, attributes: Object.freeze(Object.assign(Object.create(null), attributes)) };
}

/** sumPoint makes a counter's point. */
export function sumPoint(
  series: Series,
  total: number | bigint,
  more: Partial<Omit<SumPoint, 'type' | 'series' | 'total'>> = {},
): SumPoint {
  return {
    type: 'sum',
    monotonic: true,
    series,
    total,
    delta: total,
    startTimeUnixNano: START,
    windowStartTimeUnixNano: WINDOW_START,
    ...more,
  };
}

/** histogramPoint makes a histogram's point whose delta is its total. */
export function histogramPoint(
  series: Series,
  bounds: readonly number[],
  total: Distribution,
  more: Partial<Omit<HistogramPoint, 'type' | 'series' | 'bounds' | 'total'>> = {},
): HistogramPoint {
  return {
    type: 'histogram',
    series,
    bounds,
    total,
    delta: total,
    startTimeUnixNano: START,
    windowStartTimeUnixNano: WINDOW_START,
    ...more,
  };
}

/** gaugePoint makes a gauge's point that was set at START + 1 ns. */
export function gaugePoint(series: Series, value: number, more: Partial<GaugePoint> = {}): GaugePoint {
  return { type: 'gauge', series, value, timeUnixNano: START + 1n, changed: true, ...more };
}

export interface SnapshotFixture {
  readonly points: readonly Point[];
  readonly resource?: Readonly<Record<string, AttributeValue>>;
  readonly labels?: Readonly<Record<string, AttributeValue>>;
  readonly startTimeUnixNano?: bigint;
  readonly timeUnixNano?: bigint;
}

/** snapshotOf makes a snapshot of hand-made points; its look-ups for people are left out. */
export function snapshotOf(fixture: SnapshotFixture): Snapshot {
  const { points, resource = { 'service.name': 'gateway' }, labels = {} } = fixture;
  const read: Points = {
    length: points.length,
    at: (index) => points[index],
    [Symbol.iterator]: () => points[Symbol.iterator](),
  };
  return {
    startTimeUnixNano: fixture.startTimeUnixNano ?? START,
    timeUnixNano: fixture.timeUnixNano ?? END,
    resource: new Map(Object.entries(resource)),
    labels: new Map(Object.entries(labels)),
    points: read,
    counter: notMade,
    total: notMade,
    latency: notMade,
    gauge: notMade,
    toJSON: notMade,
  };
}

function notMade(): never {
  throw new Error('hand-made snapshots have points only');
}
