import { text } from 'node:stream/consumers';

import type { OtlpHttpExporterOptions } from '../exporter-options.ts';
import { OtlpHttpExporter } from '../otlp-http-exporter.ts';
import { undiciTransport, type UndiciTransportOptions } from '../transport/undici-transport.ts';
import { metricOf, seriesOf, snapshotOf, sumPoint } from './snapshot-of.ts';

// A program of its own, since a collector in the same process could not answer while the export blocks it.

/** ProgramOrder is what the program reads from its standard input. */
export interface ProgramOrder {
  readonly options: Omit<OtlpHttpExporterOptions, 'transport'>;
  readonly timeoutMs: number;
  /** How many points there are. Default 3. */
  readonly points?: number;
  readonly transport?: UndiciTransportOptions | 'own';
  readonly environment?: Readonly<Record<string, string>>;
  readonly execPath?: string;
  /** Export in the usual way as well, before. */
  readonly alsoUsual?: boolean;
}

const order = JSON.parse(await text(process.stdin)) as ProgramOrder;
const { points = 3, timeoutMs, transport = {} } = order;
Object.assign(process.env, order.environment);
process.execPath = order.execPath ?? process.execPath;

const ingest = metricOf('counter', { name: 'ingest.success' });
const snapshot = snapshotOf({
  points: Array.from({ length: points }, (_, shard) => sumPoint(seriesOf(ingest, { shard }), 1)),
});
const exporter = new OtlpHttpExporter({
  ...order.options,
  transport:
    transport === 'own'
      ? { send: () => Promise.reject(new Error('not here')), close: () => Promise.resolve() }
      : undiciTransport(transport),
});
if (order.alsoUsual === true) {
  await exporter.export(snapshot, { timeoutMs, signal: AbortSignal.timeout(timeoutMs) });
}
const begunMs = performance.now();
const report = exporter.exportSync(snapshot, { timeoutMs });
const tookMs = performance.now() - begunMs;
const parts = 'parts' in report ? report.parts : [{ from: 0, to: points, outcome: report }];
const told = parts.map(({ from, to, outcome }) => {
  const { code, message } = 'error' in outcome ? outcome.error : { code: undefined, message: undefined };
  return { from, to, status: outcome.status, code, message };
});
console.log(JSON.stringify({ parts: told, tookMs }));
await exporter.shutdown();
