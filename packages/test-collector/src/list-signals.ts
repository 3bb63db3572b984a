import { type Attributes, attributesKey, readAttributes } from './attributes.ts';
import { CollectorError } from './collector-error.ts';
import type { LogRecord, Resource, Span } from './decoded-request.ts';
import type { MetricPoint } from './metric-point.ts';
import type { ReceivedRequest } from './received-request.ts';

/** listResources lists the distinct resources of requests of any signal, the most recently seen last. */
export function listResources(requests: readonly ReceivedRequest[]): readonly Attributes[] {
  const byKey = new Map<string, Attributes>();
  for (const resource of requests.flatMap((request) => resourcesOf(request))) {
    const attributes = readAttributes(resource?.attributes);
    const key = attributesKey(attributes);
    byKey.delete(key);
    byKey.set(key, attributes);
  }
  return [...byKey.values()];
}

function resourcesOf({ decoded }: ReceivedRequest): readonly (Resource | undefined)[] {
  if (decoded?.signal === 'metrics') return decoded.message.resourceMetrics.map(({ resource }) => resource);
  if (decoded?.signal === 'traces') return decoded.message.resourceSpans.map(({ resource }) => resource);
  if (decoded?.signal === 'logs') return decoded.message.resourceLogs.map(({ resource }) => resource);
  return [];
}

/** listSpans lists the spans of requests, in order of arrival. */
export function listSpans(requests: readonly ReceivedRequest[]): readonly Span[] {
  return requests.flatMap(({ decoded }) =>
    decoded?.signal === 'traces'
      ? decoded.message.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
      : [],
  );
}

/** listLogRecords lists the log records of requests, in order of arrival. */
export function listLogRecords(requests: readonly ReceivedRequest[]): readonly LogRecord[] {
  return requests.flatMap(({ decoded }) =>
    decoded?.signal === 'logs'
      ? decoded.message.resourceLogs.flatMap(({ scopeLogs }) =>
          scopeLogs.flatMap(({ logRecords }) => logRecords),
        )
      : [],
  );
}

/**
 * latestGauge is the value of the latest of gauge points, by their time; undefined when there are none.
 *
 * @throws CollectorError WRONG_KIND when there are points of another kind
 */
export function latestGauge(points: readonly MetricPoint[]): bigint | number | undefined {
  let latest: { readonly timeUnixNano: bigint; readonly value: bigint | number | undefined } | undefined;
  for (const point of points) {
    if (point.kind !== 'gauge') {
      throw new CollectorError('WRONG_KIND', `${point.name} is a ${point.kind}, not a gauge`);
    }
    if (latest === undefined || point.timeUnixNano >= latest.timeUnixNano) latest = point;
  }
  return latest?.value;
}
