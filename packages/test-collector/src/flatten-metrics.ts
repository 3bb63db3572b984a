import { type Attributes, readAttributes } from './attributes.ts';
import type { DataPoint, Metric, NumberDataPoint } from './decoded-request.ts';
import type { MetricPoint, MetricPointBase, Temporality } from './metric-point.ts';
import type { ReceivedRequest } from './received-request.ts';

/** flattenMetrics lists the data points of a request, in their order; none when it is not a decoded metrics request. */
export function flattenMetrics(request: ReceivedRequest): readonly MetricPoint[] {
  if (request.decoded?.signal !== 'metrics') return [];
  const points: MetricPoint[] = [];
  for (const { resource, scopeMetrics } of request.decoded.message.resourceMetrics) {
    const resourceAttributes = readAttributes(resource?.attributes);
    for (const { scope, metrics } of scopeMetrics) {
      const context: Context = {
        request,
        resource: resourceAttributes,
        scope: {
          name: scope?.name ?? '',
          version: scope?.version ?? '',
          attributes: readAttributes(scope?.attributes),
        },
      };
      for (const metric of metrics) addPoints(points, metric, context);
    }
  }
  return points;
}

interface Context {
  readonly request: ReceivedRequest;
  readonly resource: Attributes;
  readonly scope: MetricPointBase['scope'];
}

function addPoints(points: MetricPoint[], metric: Metric, context: Context): void {
  const base = (point: DataPoint): MetricPointBase => ({
    ...context,
    name: metric.name,
    description: metric.description,
    unit: metric.unit,
    attributes: readAttributes(point.attributes),
    startTimeUnixNano: point.startTimeUnixNano,
    timeUnixNano: point.timeUnixNano,
    flags: point.flags,
  });
  const { sum, gauge, histogram, exponentialHistogram, summary } = metric;
  for (const point of gauge?.dataPoints ?? []) {
    points.push({ kind: 'gauge', ...base(point), value: numberOf(point) });
  }
  if (sum !== undefined) {
    const stream = { temporality: temporalityOf(sum.aggregationTemporality), monotonic: sum.isMonotonic };
    for (const point of sum.dataPoints) {
      points.push({ kind: 'sum', ...base(point), ...stream, value: numberOf(point) });
    }
  }
  if (histogram !== undefined) {
    const temporality = temporalityOf(histogram.aggregationTemporality);
    for (const point of histogram.dataPoints) {
      points.push({
        kind: 'histogram',
        ...base(point),
        temporality,
        count: point.count,
        sum: point.sum,
        min: point.min,
        max: point.max,
        bounds: point.explicitBounds,
        bucketCounts: point.bucketCounts,
      });
    }
  }
  if (exponentialHistogram !== undefined) {
    const temporality = temporalityOf(exponentialHistogram.aggregationTemporality);
    for (const point of exponentialHistogram.dataPoints) {
      points.push({
        kind: 'exponential-histogram',
        ...base(point),
        temporality,
        count: point.count,
        sum: point.sum,
        min: point.min,
        max: point.max,
        scale: point.scale,
        zeroCount: point.zeroCount,
        zeroThreshold: point.zeroThreshold,
        positive: point.positive ?? noBuckets,
        negative: point.negative ?? noBuckets,
      });
    }
  }
  for (const point of summary?.dataPoints ?? []) {
    points.push({
      kind: 'summary',
      ...base(point),
      count: point.count,
      sum: point.sum,
      quantiles: point.quantileValues,
    });
  }
}

const noBuckets: { readonly offset: number; readonly bucketCounts: readonly bigint[] } = {
  offset: 0,
  bucketCounts: [],
};

function numberOf(point: NumberDataPoint): bigint | number | undefined {
  return point.asInt ?? point.asDouble;
}

function temporalityOf(value: number): Temporality {
  if (value === 1) return 'delta';
  return value === 2 ? 'cumulative' : 'unspecified';
}
