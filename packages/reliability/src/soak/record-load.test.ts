import { type Exporter, TelemetryHandle } from '@pqcnet/telemetry';
import { expect, it } from 'vitest';
import { Load, cardinalityLimitFor, metricNames } from './record-load.ts';

const series = 210;
const exporter: Exporter = {
  temporality: 'cumulative',
  export: () => Promise.resolve({ status: 'accepted' }),
};

function makeHandle(): TelemetryHandle {
  const config = { endpoint: 'http://127.0.0.1', cardinalityLimit: cardinalityLimitFor(series) };
  return TelemetryHandle.fromConfig(config, { exporter });
}

/** How many series changed since the last delivered flush, by metric. */
function changed(telemetry: TelemetryHandle): readonly number[] {
  const points = [...telemetry.snapshot().points];
  return metricNames.map(
    (name) =>
      points.filter(
        (point) =>
          point.series.metric.name === name &&
          (point.type === 'sum'
            ? BigInt(point.delta) > 0n
            : point.type === 'histogram' && point.delta.count > 0),
      ).length,
  );
}

it('records to every series that is in use', async () => {
  const telemetry = makeHandle();
  const load = new Load(telemetry, series);
  for (let round = 0; round < 3; round++) {
    load.record(20 * series);
    expect(changed(telemetry)).toEqual([70, 70, 70]);
    await telemetry.flush();
    load.churn(0.01);
  }
});
