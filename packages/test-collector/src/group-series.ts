import { attributesKey } from './attributes.ts';
import type { MetricPoint } from './metric-point.ts';

/** seriesKey gives equal text for points of one series: the identity of the metrics data model ("Timeseries Model"). */
export function seriesKey(point: MetricPoint): string {
  const stream =
    point.kind === 'sum'
      ? `${point.temporality} ${point.monotonic}`
      : 'temporality' in point
        ? point.temporality
        : '';
  return JSON.stringify([
    point.name.toLowerCase(),
    point.kind,
    point.unit,
    stream,
    attributesKey(point.attributes),
    attributesKey(point.resource),
    point.scope.name,
    point.scope.version,
    attributesKey(point.scope.attributes),
  ]);
}

/** groupSeries sorts points into their series, in order of arrival. */
export function groupSeries<Point extends MetricPoint>(points: readonly Point[]): Map<string, Point[]> {
  return Map.groupBy(points, (point) => seriesKey(point));
}

/**
 * cumulativeRuns cuts the points of one cumulative series where it was reset: at a new start time, or, of counts that
 * can only rise, where one fell. Each run is its last point; points that came out of order are put in order of time.
 */
export function cumulativeRuns<Point extends MetricPoint>(
  points: readonly Point[],
  hasFallen: (before: Point, after: Point) => boolean,
): Point[] {
  const ordered = points.toSorted(
    (a, b) => compare(a.startTimeUnixNano, b.startTimeUnixNano) || compare(a.timeUnixNano, b.timeUnixNano),
  );
  const runs: Point[] = [];
  let last: Point | undefined;
  for (const point of ordered) {
    if (
      last !== undefined &&
      (last.startTimeUnixNano !== point.startTimeUnixNano || hasFallen(last, point))
    ) {
      runs.push(last);
    }
    last = point;
  }
  return last === undefined ? runs : [...runs, last];
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
