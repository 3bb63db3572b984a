import { readFile } from 'node:fs/promises';

/** Value is what an OTLP attribute holds. */
type Value = string | boolean | number | bigint;

/** CollectedPoint is one data point as the Collector's file exporter wrote it, with all that it belongs to. */
export interface CollectedPoint {
  readonly resource: Readonly<Record<string, Value>>;
  readonly scope: string;
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly kind: 'gauge' | 'sum' | 'histogram' | 'exponentialHistogram';
  readonly temporality: 'delta' | 'cumulative' | undefined;
  readonly isMonotonic: boolean;
  readonly attributes: Readonly<Record<string, Value>>;
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
  /** Of gauges and sums; whole numbers as bigint. */
  readonly value: number | bigint | undefined;
  /** Of both kinds of histograms. */
  readonly count: bigint;
  readonly sum: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly bucketCounts: readonly bigint[];
  readonly bounds: readonly number[];
  readonly scale: number | undefined;
  readonly zeroCount: bigint;
  readonly positive: Buckets | undefined;
}

/** Buckets of an exponential histogram. */
interface Buckets {
  readonly offset: number;
  readonly counts: readonly bigint[];
}

/** The file exporter writes one request a line, as OTLP's JSON: what is 0 or empty is left out. */
interface Request {
  readonly resourceMetrics?: readonly {
    readonly resource?: { readonly attributes?: readonly KeyValue[] };
    readonly scopeMetrics?: readonly {
      readonly scope?: { readonly name?: string };
      readonly metrics?: readonly Metric[];
    }[];
  }[];
}

interface KeyValue {
  readonly key: string;
  readonly value: {
    readonly stringValue?: string;
    readonly boolValue?: boolean;
    readonly intValue?: string;
    readonly doubleValue?: number;
  };
}

interface Metric {
  readonly name: string;
  readonly unit?: string;
  readonly description?: string;
  readonly gauge?: Data;
  readonly sum?: Data;
  readonly histogram?: Data;
  readonly exponentialHistogram?: Data;
}

interface Data {
  readonly aggregationTemporality?: number;
  readonly isMonotonic?: boolean;
  readonly dataPoints?: readonly DataPoint[];
}

interface DataPoint {
  readonly attributes?: readonly KeyValue[];
  readonly startTimeUnixNano?: string;
  readonly timeUnixNano?: string;
  readonly asInt?: string;
  readonly asDouble?: number;
  readonly count?: string;
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
  readonly bucketCounts?: readonly string[];
  readonly explicitBounds?: readonly number[];
  readonly scale?: number;
  readonly zeroCount?: string;
  readonly positive?: { readonly offset?: number; readonly bucketCounts?: readonly string[] };
}

const kinds = ['gauge', 'sum', 'histogram', 'exponentialHistogram'] as const;

/** readCollectorFile reads every point that a Collector's file exporter wrote so far. A line that isn't whole yet is left out. */
export async function readCollectorFile(file: string): Promise<readonly CollectedPoint[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => pointsOf(JSON.parse(line) as Request));
}

function pointsOf({ resourceMetrics = [] }: Request): readonly CollectedPoint[] {
  const points: CollectedPoint[] = [];
  for (const { resource, scopeMetrics = [] } of resourceMetrics) {
    for (const { scope, metrics = [] } of scopeMetrics) {
      for (const metric of metrics) {
        for (const kind of kinds) {
          for (const point of metric[kind]?.dataPoints ?? []) {
            const origin = { resource: valuesOf(resource?.attributes), scope: scope?.name ?? '', kind };
            points.push(collectedPoint(point, metric, origin));
          }
        }
      }
    }
  }
  return points;
}

function collectedPoint(
  point: DataPoint,
  metric: Metric,
  origin: Pick<CollectedPoint, 'resource' | 'scope' | 'kind'>,
): CollectedPoint {
  const { startTimeUnixNano = 0, timeUnixNano = 0, count = 0, zeroCount = 0, positive } = point;
  const { aggregationTemporality = 0, isMonotonic = false } = metric[origin.kind] ?? {};
  return {
    ...origin,
    name: metric.name,
    unit: metric.unit ?? '',
    description: metric.description ?? '',
    temporality: ([undefined, 'delta', 'cumulative'] as const)[aggregationTemporality],
    isMonotonic,
    attributes: valuesOf(point.attributes),
    startTimeUnixNano: BigInt(startTimeUnixNano),
    timeUnixNano: BigInt(timeUnixNano),
    value: point.asInt === undefined ? point.asDouble : BigInt(point.asInt),
    count: BigInt(count),
    sum: point.sum,
    min: point.min,
    max: point.max,
    bucketCounts: (point.bucketCounts ?? []).map(BigInt),
    bounds: point.explicitBounds ?? [],
    scale: point.scale,
    zeroCount: BigInt(zeroCount),
    positive: positive && {
      offset: positive.offset ?? 0,
      counts: (positive.bucketCounts ?? []).map(BigInt),
    },
  };
}

function valuesOf(attributes: readonly KeyValue[] = []): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const { stringValue, boolValue, intValue, doubleValue } = value;
      return [
        key,
        stringValue ?? boolValue ?? (intValue === undefined ? (doubleValue ?? '') : BigInt(intValue)),
      ];
    }),
  );
}
