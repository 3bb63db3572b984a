import type { KeyValue, Metric, ReceivedRequest } from '@pqcnet/telemetry-test-collector';

/** Arrival is one point of a sum or a histogram as it came in. */
export interface Arrival {
  readonly name: string;
  /** The series: its name and attributes. */
  readonly key: string;
  readonly isDelta: boolean;
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  /** The value of a sum, the count of a histogram. */
  readonly amount: bigint;
}

/** arrivalsOf lists the points of a decoded request that count: sums and histograms. */
export function* arrivalsOf({ decoded }: ReceivedRequest): Generator<Arrival> {
  if (decoded?.signal !== 'metrics') return;
  for (const { scopeMetrics } of decoded.message.resourceMetrics) {
    for (const { metrics } of scopeMetrics) for (const metric of metrics) yield* pointsOf(metric);
  }
}

function* pointsOf({ name, sum, histogram, exponentialHistogram }: Metric): Generator<Arrival> {
  const isDelta = (sum ?? histogram ?? exponentialHistogram)?.aggregationTemporality === 1;
  const points = [
    ...(sum?.dataPoints ?? []).map((point) => ({ point, amount: point.asInt ?? 0n })),
    ...(histogram?.dataPoints ?? []).map((point) => ({ point, amount: point.count })),
    ...(exponentialHistogram?.dataPoints ?? []).map((point) => ({ point, amount: point.count })),
  ];
  for (const { point, amount } of points) {
    const { startTimeUnixNano: startUnixNano, timeUnixNano: endUnixNano } = point;
    yield { name, key: keyOf(name, point.attributes), isDelta, startUnixNano, endUnixNano, amount };
  }
}

function keyOf(name: string, attributes: readonly KeyValue[]): string {
  let key = name;
  for (const { key: attribute, value } of attributes) {
    key += `|${attribute}=${value?.stringValue ?? value?.intValue ?? value?.boolValue ?? value?.doubleValue}`;
  }
  return key;
}
