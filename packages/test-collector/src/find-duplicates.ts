import { createHash } from 'node:crypto';
import { seriesKey } from './group-series.ts';
import type { MetricPoint } from './metric-point.ts';
import type { ReceivedRequest } from './received-request.ts';

/** A window of a series (its start and end) that arrived in more than one request. */
export interface Duplicate {
  readonly name: string;
  /** The points of that window, one for each arrival, in order. */
  readonly points: readonly MetricPoint[];
  /**
   * Whether the requests had identical bodies (after decompression): the same request sent again. When not, a window
   * was sent twice in different requests, which no receiver can tell from new data.
   */
  readonly identical: boolean;
}

const bodyHashes = new WeakMap<ReceivedRequest, string>();

/** bodyHash identifies the inflated body of a request; requests whose body is unknown are equal to none. */
function bodyHash(request: ReceivedRequest): string {
  let hash = bodyHashes.get(request);
  if (hash === undefined) {
    hash =
      request.body === undefined
        ? `#${request.index}`
        : createHash('sha256').update(request.body).digest('base64');
    bodyHashes.set(request, hash);
  }
  return hash;
}

function windowKey(point: MetricPoint): string {
  return `${seriesKey(point)} ${point.startTimeUnixNano} ${point.timeUnixNano}`;
}

/** findDuplicates lists the windows that arrived more than once, delta or cumulative. */
export function findDuplicates(points: readonly MetricPoint[]): readonly Duplicate[] {
  const duplicates: Duplicate[] = [];
  for (const arrivals of Map.groupBy(points, windowKey).values()) {
    const [first] = arrivals;
    if (first === undefined || arrivals.length < 2) continue;
    const hashes = new Set(arrivals.map((point) => bodyHash(point.request)));
    const requests = new Set(arrivals.map((point) => point.request));
    duplicates.push({
      name: first.name,
      points: arrivals,
      identical: hashes.size === 1 && requests.size === arrivals.length,
    });
  }
  return duplicates;
}

/** withoutDuplicates keeps, of the points of each window, one for each distinct request body. */
export function withoutDuplicates<Point extends MetricPoint>(points: readonly Point[]): Point[] {
  const firstOf = new Map<string, ReceivedRequest>();
  return points.filter((point) => {
    const key = `${windowKey(point)} ${bodyHash(point.request)}`;
    const first = firstOf.get(key);
    if (first === undefined) firstOf.set(key, point.request);
    return first === undefined || first === point.request;
  });
}
