/** What a test says of a counter point; the rest has defaults. */
export interface CounterPoint {
  readonly value: bigint | number;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly start?: number;
  readonly time?: number;
}

/** The OTLP/JSON of one metric, in one scope of one resource. */
export function metricBody(
  metric: object,
  resource: Readonly<Record<string, string>> = { 'service.name': 'gateway' },
): object {
  return {
    resourceMetrics: [
      {
        resource: { attributes: keyValues(resource) },
        scopeMetrics: [{ scope: { name: 'test' }, metrics: [metric] }],
      },
    ],
  };
}

/** The OTLP/JSON of a counter. */
export function counterBody(
  name: string,
  points: readonly CounterPoint[],
  {
    temporality = 2,
    monotonic = true,
    resource,
  }: {
    temporality?: number;
    monotonic?: boolean;
    resource?: Readonly<Record<string, string>>;
  } = {},
): object {
  const dataPoints = points.map(({ value, attributes = {}, start = 1, time = 2 }) => ({
    startTimeUnixNano: String(start),
    timeUnixNano: String(time),
    attributes: keyValues(attributes),
    ...(typeof value === 'bigint' ? { asInt: String(value) } : { asDouble: value }),
  }));
  return metricBody(
    { name, sum: { aggregationTemporality: temporality, isMonotonic: monotonic, dataPoints } },
    resource,
  );
}

/** String attributes as OTLP key-values. */
export function keyValues(attributes: Readonly<Record<string, string>>): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } }));
}
