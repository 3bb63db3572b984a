import type { AttributeValue, Attributes } from './attributes.ts';
import type { Clock } from './clock.ts';
import type { ExportOptions, ExportOutcome, ExportReport, Exporter } from './exporter.ts';
import type { Recording } from './recording.ts';
import type { Snapshot } from './snapshot/snapshot.ts';

/**
 * measureExports wraps an exporter so that it records what it does, as metrics of the very handle it exports for:
 * they go out with the next flush.
 *
 * Source: OpenTelemetry semantic conventions, "SDK metrics" (development): `otel.sdk.exporter.…`.
 */
export function measureExports(
  exporter: Exporter,
  options: {
    /** Where to record; asked for at the first export. */
    readonly recording: () => Recording;
    readonly clock: Clock;
    /** What exports: `otel.component.name`, `otel.component.type`, `server.address`, `server.port`. */
    readonly attributes: Attributes;
  },
): Exporter {
  const { recording, clock, attributes } = options;
  return {
    temporality: exporter.temporality,
    async export(snapshot: Snapshot, exportOptions: ExportOptions): Promise<ExportReport> {
      const record = recording();
      const inflight = record.upDownCounter('otel.sdk.exporter.metric_data_point.inflight', {
        attributes,
        unit: '{data_point}',
        description: 'data points that are being exported',
      });
      const points = pointsIn(snapshot, exportOptions);
      const begunMs = clock.monotonicMs();
      inflight.add(points);
      let report: ExportReport;
      try {
        report = await exporter.export(snapshot, exportOptions);
      } finally {
        inflight.add(-points);
      }
      const errorTypes = new Set<string>();
      const parts = 'parts' in report ? report.parts : [{ from: 0, to: points, outcome: report }];
      for (const { from, to, outcome } of parts) {
        for (const [errorType, count] of countsOf(outcome, outcome.sentDataPoints ?? to - from)) {
          if (errorType !== undefined) errorTypes.add(errorType);
          record
            .counter('otel.sdk.exporter.metric_data_point.exported', {
              attributes: withErrorType(attributes, errorType),
              unit: '{data_point}',
              description: 'data points whose export has ended, in success or not',
            })
            .add(count);
        }
      }
      const [errorType] = errorTypes;
      record
        .histogram('otel.sdk.exporter.operation.duration', {
          attributes: withErrorType(attributes, errorType),
          unit: 's',
          description: 'time of one export',
          bounds: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
        })
        .record((clock.monotonicMs() - begunMs) / 1000);
      return report;
    },
    ...(exporter.exportSync && { exportSync: exporter.exportSync.bind(exporter) }),
    ...(exporter.shutdown && { shutdown: exporter.shutdown.bind(exporter) }),
  };
}

function pointsIn(snapshot: Snapshot, { ranges }: ExportOptions): number {
  return ranges?.reduce((sum, { from, to }) => sum + to - from, 0) ?? snapshot.points.length;
}

/** How many data points of a request ended with which `error.type`. */
function* countsOf(outcome: ExportOutcome, points: number): Generator<readonly [string | undefined, number]> {
  if (outcome.status === 'accepted') yield [undefined, points];
  else if (outcome.status === 'partial') {
    const rejected = Math.min(outcome.rejectedDataPoints, points);
    yield [undefined, points - rejected];
    yield ['rejected', rejected];
  } else yield [outcome.httpStatus === undefined ? outcome.error.code : String(outcome.httpStatus), points];
}

function withErrorType(attributes: Attributes, errorType: AttributeValue | undefined): Attributes {
  return errorType === undefined ? attributes : { ...attributes, 'error.type': errorType };
}
