import type {
  AttributeValue,
  ExponentialHistogramPoint,
  GaugePoint,
  HistogramPoint,
  Point,
  Points,
  PointTable,
  SeriesAttributes,
  SumPoint,
} from '@pqcnet/telemetry-core';

/** tablesOf gives the points of a snapshot as tables: its own, or else tables of points that lie next to each other. */
export function tablesOf(points: Points): readonly PointTable[] {
  if (points.tables !== undefined) return points.tables;
  const groups: Point[][] = [];
  let last: Point | undefined;
  for (let index = 0; index < points.length; index += 1) {
    const point = points.at(index);
    if (point === undefined) {
      throw new RangeError(`the snapshot has no point ${index}, which its length promises`);
    }
    if (last === undefined || !areOfOneTable(last, point)) groups.push([]);
    groups.at(-1)?.push(point);
    last = point;
  }
  return groups.map(tableOf);
}

function areOfOneTable(one: Point, other: Point): boolean {
  if (one.series.metric !== other.series.metric || one.type !== other.type) return false;
  if (one.type === 'sum' && other.type === 'sum') return one.monotonic === other.monotonic;
  return one.type !== 'histogram' || other.type !== 'histogram' || one.bounds === other.bounds;
}

/** The points of a group have the type of the first. */
function tableOf(group: readonly Point[]): PointTable {
  const [first] = group;
  if (first === undefined) throw new RangeError('a group has no points');
  const { metric } = first.series;
  const shared = { metric, length: group.length, attributes: new PointAttributes(group) };
  switch (first.type) {
    case 'sum': {
      const points = group as readonly SumPoint[];
      const { type, monotonic } = first;
      const isChanged = (row: number): boolean => BigInt(at(points, row).delta) !== 0n;
      return { ...shared, type, monotonic, isChanged, ...coveredBy<SumPoint>(points) };
    }
    case 'histogram': {
      const points = group as readonly HistogramPoint[];
      const { type, bounds } = first;
      const isChanged = (row: number): boolean => at(points, row).delta.count !== 0;
      return { ...shared, type, bounds, isChanged, ...coveredBy<HistogramPoint>(points) };
    }
    case 'exponential-histogram': {
      const points = group as readonly ExponentialHistogramPoint[];
      const { type } = first;
      const isChanged = (row: number): boolean => at(points, row).delta.count !== 0;
      return { ...shared, type, isChanged, ...coveredBy<ExponentialHistogramPoint>(points) };
    }
    case 'gauge': {
      const points = group as readonly GaugePoint[];
      return {
        ...shared,
        type: first.type,
        isChanged: (row) => at(points, row).changed,
        value: (row) => at(points, row).value,
        timeUnixNano: (row) => at(points, row).timeUnixNano,
      };
    }
  }
}

/** What the tables have in common whose points cover some time. */
function coveredBy<P extends SumPoint | HistogramPoint | ExponentialHistogramPoint>(points: readonly P[]) {
  return {
    startTimeUnixNano: (row: number): bigint => at(points, row).startTimeUnixNano,
    windowStartTimeUnixNano: (row: number): bigint => at(points, row).windowStartTimeUnixNano,
    delta: (row: number): P['delta'] => at(points, row).delta,
    total: (row: number): P['total'] => at(points, row).total,
  };
}

function at<P>(points: readonly P[], row: number): P {
  const point = points[row];
  if (point === undefined) throw new RangeError(`a table has no row ${row}`);
  return point;
}

/** PointAttributes numbers what the points' series have. Values are numbered as they are met, equal ones again. */
class PointAttributes implements SeriesAttributes {
  readonly #points: readonly Point[];
  readonly #keySets: (readonly string[])[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #values: AttributeValue[] = [];

  constructor(points: readonly Point[]) {
    this.#points = points;
  }

  keySetOf(row: number): number {
    const keys = Object.keys(at(this.#points, row).series.attributes);
    const name = JSON.stringify(keys);
    const known = this.#numbers.get(name) ?? this.#keySets.length;
    this.#numbers.set(name, known);
    this.#keySets[known] = keys;
    return known;
  }

  keysOf(keySet: number): readonly string[] {
    return at(this.#keySets, keySet);
  }

  valueIdOf(row: number, place: number): number {
    const { attributes } = at(this.#points, row).series;
    const value = attributes[Object.keys(attributes)[place] ?? ''];
    if (value === undefined) throw new RangeError(`a series has no attribute at ${place}`);
    this.#values.push(value);
    return this.#values.length - 1;
  }

  valueOf(valueId: number): AttributeValue {
    return at(this.#values, valueId);
  }
}
