import { performance } from 'node:perf_hooks';
import type { TelemetryConfig } from '@pqcnet/telemetry-config';
import { type ExportOutcome, TelemetryHandle, type ExportReport } from '@pqcnet/telemetry-core';
import type { OtlpHttpExporter, Transport, TransportResponse } from '@pqcnet/telemetry-exporter-otlp-http';
import { describeResource } from '../describe-resource.ts';
import { makeExporter, makeTransport } from '../make-exporter.ts';
import { type ConnectionReport, watchConnections } from './watch-connections.ts';

/** probeInstanceId is the `service.instance.id` of every probe, so that a backend keeps one set of series of them. */
export const probeInstanceId = 'pqcnet-telemetry-check';

/** ProbeReport is what became of a probe. It holds no secret; the collector's text is capped and escaped. */
export interface ProbeReport {
  readonly outcome: ExportOutcome['status'];
  /** The code of the error, where there is one. */
  readonly code: string | undefined;
  /** What went wrong, or what the collector said besides. */
  readonly message: string | undefined;
  /** The code of what caused it, such as `ECONNREFUSED`. */
  readonly cause: string | undefined;
  readonly httpStatus: number | undefined;
  /** Where the collector sent the probe on to: origin and path. Redirects are not followed. */
  readonly location: string | undefined;
  /** From the beginning of the connection to the end of the answer, or of the wait for it. */
  readonly durationMs: number;
  /** Of the body, as it was sent. */
  readonly sentBytes: number | undefined;
  readonly connection: ConnectionReport | undefined;
}

/** Probe sends one small request as a configuration says: of each kind of metric one. */
export class Probe {
  readonly #config: TelemetryConfig;
  readonly #exporter: OtlpHttpExporter;
  #response: TransportResponse | undefined;

  /** @throws TelemetryError `INVALID_OPTIONS` when a TLS file can't be used */
  constructor(config: TelemetryConfig) {
    this.#config = config;
    const inner = makeTransport(config);
    const transport: Transport = {
      send: async (request) => (this.#response = await inner.send(request)),
      close: () => inner.close(),
    };
    this.#exporter = makeExporter(config, { transport });
  }

  /** send sends the probe once, and is done by `timeoutMs`. Never rejects. */
  async send(timeoutMs: number): Promise<ProbeReport> {
    const watch = watchConnections();
    const startMs = performance.now();
    const signal = AbortSignal.timeout(timeoutMs);
    const report = await this.#exporter.export(probeSnapshot(this.#config, this.#exporter), {
      timeoutMs,
      signal,
    });
    const endMs = performance.now();
    const { connection, beganMs } = watch.stop();
    await this.#exporter.shutdown();
    const outcome = worstOf(report);
    const error = 'error' in outcome ? outcome.error : undefined;
    return {
      outcome: outcome.status,
      code: error?.code ?? (outcome.status === 'partial' ? 'PARTIAL_SUCCESS' : undefined),
      message: error?.message ?? messageOf(outcome),
      cause: causeOf(error),
      httpStatus: outcome.httpStatus,
      location: locationOf(this.#response),
      durationMs: Math.round(endMs - (beganMs ?? startMs)),
      sentBytes: outcome.sentBytes,
      connection,
    };
  }
}

function probeSnapshot(
  config: TelemetryConfig,
  exporter: OtlpHttpExporter,
): ReturnType<TelemetryHandle['snapshot']> {
  const resource = new Map(describeResource({ ...config, serviceInstanceId: probeInstanceId }));
  // With it, each probe would be a series of its own in some backends.
  resource.delete('process.pid');
  const { labels, latencyHistogram } = config;
  const telemetry = new TelemetryHandle({ exporter, resource, labels, latencyHistogram });
  telemetry.recordGauge('pqcnet.telemetry.check', 1);
  telemetry.recordCounter('pqcnet.telemetry.check.runs', 1);
  const options = latencyHistogram === 'explicit' ? { boundsMs: [10] } : {};
  telemetry.latency('pqcnet.telemetry.check.latency', options).record(1);
  return telemetry.snapshot();
}

/** A probe can go in parts when the collector asks for smaller requests. */
function worstOf(report: ExportReport): ExportOutcome {
  if (!('parts' in report)) return report;
  const outcomes = report.parts.map(({ outcome }) => outcome);
  return outcomes.find(({ status }) => status !== 'accepted') ?? outcomes[0] ?? { status: 'accepted' };
}

function messageOf(outcome: ExportOutcome): string | undefined {
  if (outcome.status === 'accepted') return outcome.warning;
  if (outcome.status !== 'partial') return undefined;
  const said = outcome.message === '' ? 'without a reason' : outcome.message;
  return `the collector rejected ${outcome.rejectedDataPoints} of the probe's data points: ${said}`;
}

/** The code nearest to the root of it. */
function causeOf(error: Error | undefined): string | undefined {
  let code: string | undefined;
  let current: unknown = error?.cause;
  for (let depth = 0; depth < 5 && current instanceof Error; depth += 1) {
    if ('code' in current && typeof current.code === 'string') code = current.code;
    current = current.cause;
  }
  return code;
}

function locationOf(response: TransportResponse | undefined): string | undefined {
  const location = response !== undefined && response.status < 400 ? response.headers['location'] : undefined;
  const url = location === undefined ? null : URL.parse(location);
  return url === null || url.username !== '' ? undefined : `${url.origin}${url.pathname}`;
}
