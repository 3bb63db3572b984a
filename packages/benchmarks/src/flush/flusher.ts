import { deepStrictEqual } from 'node:assert';
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { type Exporter, type ExportReport, TelemetryHandle } from '@pqcnet/telemetry-core';
import { OtlpHttpExporter, type OtlpProtocol } from '@pqcnet/telemetry-exporter-otlp-http';
import { sumOfCounters, tallyOfHistograms } from '../contenders/make-handle.ts';
import { makeMeter, sumOfCollected, tallyOfCollected } from '../contenders/make-meter.ts';
import { type ManySeriesOptions, oursWithManySeries, peerWithManySeries } from '../contenders/many-series.ts';
import { makeSink } from '../contenders/sink-transport.ts';
import { type Stall, longestStall } from '../measure/longest-stall.ts';
import type { Runner } from '../measure/measure-runs.ts';

/** FlusherOptions is what is flushed, and how. */
export interface FlusherOptions extends ManySeriesOptions {
  readonly protocol: OtlpProtocol;
}

/** Flusher collects and encodes; nothing is sent. */
export interface Flusher extends Runner {
  run(): Promise<void>;
  /** The size of the last payload, in bytes. */
  payloadBytes(): number;
  /** The bodies of one flush, copied. */
  bodies(): Promise<readonly Uint8Array[]>;
  /** The longest stall of a flush while it is encoded: without the snapshot before that, and the books after it. */
  exportStall?(): Promise<Stall>;
  /** Throws when what is held is not what was recorded. */
  check(): Promise<void>;
}

const resource = { 'service.name': 'benchmarks', 'service.instance.id': 'benchmarks-1' };

/** ourFlusher flushes a handle through the exporter, as in production, but for the socket: slices and books included. */
export function ourFlusher(options: FlusherOptions): Flusher {
  const { kind, protocol } = options;
  const sink = makeSink();
  const exporter = new OtlpHttpExporter({
    url: 'http://localhost:4318/v1/metrics',
    protocol,
    transport: sink,
  });
  let stall: Stall = { wallMs: 0, cpuMs: 0 };
  let isWatched = false;
  const watched: Exporter = {
    temporality: exporter.temporality,
    async export(snapshot, exportOptions) {
      if (!isWatched) return exporter.export(snapshot, exportOptions);
      let report: ExportReport = { status: 'accepted' };
      stall = await longestStall(async () => {
        report = await exporter.export(snapshot, exportOptions);
      });
      return report;
    },
  };
  const handle = new TelemetryHandle({ exporter: watched, resource });
  const many = oursWithManySeries(handle, options);
  const flush = async (): Promise<void> => {
    sink.bytes = 0;
    const result = await handle.flush();
    if (!result.ok) throw result.error;
  };
  return {
    contender: '@pqcnet/telemetry',
    prepare: () => many.recordAll(),
    run: flush,
    payloadBytes: () => sink.bytes,
    async exportStall() {
      isWatched = true;
      await flush();
      isWatched = false;
      return stall;
    },
    async bodies() {
      const bodies: Uint8Array[] = [];
      sink.bodies = bodies;
      await flush();
      sink.bodies = undefined;
      return bodies;
    },
    async check() {
      const tally = kind === 'counter' ? sumOfCounters : tallyOfHistograms;
      deepStrictEqual(tally(handle.snapshot()), many.tally(), 'the tally of @pqcnet/telemetry');
    },
  };
}

/** peerFlusher collects through a reader and serializes with the peer's own serializer. */
export function peerFlusher(options: FlusherOptions): Flusher {
  const { kind, protocol } = options;
  const serializer = protocol === 'http/json' ? JsonMetricsSerializer : ProtobufMetricsSerializer;
  const { meter, collect } = makeMeter({ resource });
  const many = peerWithManySeries(meter, options);
  let payload: Uint8Array = new Uint8Array(0);
  const flush = async (): Promise<void> => {
    payload = serializer.serializeRequest((await collect()).resourceMetrics) ?? new Uint8Array(0);
  };
  return {
    contender: 'OpenTelemetry JS',
    prepare: () => many.recordAll(),
    run: flush,
    payloadBytes: () => payload.byteLength,
    async bodies() {
      await flush();
      return [payload.slice()];
    },
    async check() {
      const tally = kind === 'counter' ? sumOfCollected : tallyOfCollected;
      deepStrictEqual(tally(await collect()), many.tally(), 'the tally of OpenTelemetry JS');
    },
  };
}
