import type { Program } from './bundle-program.ts';

/** Budget is a program, and how large it may become. */
export interface Budget extends Program {
  readonly title: string;
  /** Of what is read at the start; bytes after gzip. A twentieth above what it was when it was set. */
  readonly mostBytes: number;
}

const core = '@pqcnet/telemetry-core';
const exporter = '@pqcnet/telemetry-exporter-otlp-http';
const telemetry = '@pqcnet/telemetry';

/** records is a program that records and flushes, with a configuration in its code. */
export const records = `
  import { TelemetryHandle } from '${telemetry}';
  const telemetry = TelemetryHandle.fromConfig({ endpoint: 'http://localhost:4318' });
  telemetry.recordCounter('ingest.success', 1);
  await telemetry.shutdown();
`;

/** budgets are what a change must keep to, or raise with a reason. */
export const budgets: readonly Budget[] = [
  {
    title: 'core: everything',
    code: `export * from '${core}';`,
    external: [],
    from: 'sources',
    mostBytes: 38_600,
  },
  {
    title: 'core and exporter: a handle and where it exports to',
    code: `export { TelemetryHandle } from '${core}'; export { OtlpHttpExporter } from '${exporter}';`,
    external: ['undici'],
    from: 'sources',
    mostBytes: 55_600,
  },
  {
    title: 'meta-package: everything, without undici and zod',
    code: `export * from '${telemetry}';`,
    external: ['undici', 'zod'],
    from: 'sources',
    mostBytes: 71_500,
  },
  {
    title: 'meta-package: everything, as it is built, without undici',
    code: `export * from '${telemetry}';`,
    external: ['undici'],
    from: 'built',
    mostBytes: 77_600,
  },
  {
    title: 'meta-package: a program that only records, without undici',
    code: records,
    external: ['undici'],
    from: 'built',
    mostBytes: 70_900,
  },
];
