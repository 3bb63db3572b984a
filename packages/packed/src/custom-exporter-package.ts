/** customExporterPackage is a package of somebody else, by its files: an exporter that prints what it gets. */
export const customExporterPackage: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    name: 'print-exporter',
    version: '1.0.0',
    type: 'module',
    exports: { types: './index.d.ts', default: './index.js' },
    peerDependencies: { '@pqcnet/telemetry-core': '*' },
  }),
  'index.js': `
    import { TelemetryError } from '@pqcnet/telemetry-core';
    export class PrintExporter {
      temporality = 'delta';
      async export(snapshot) {
        console.log('exported', [...snapshot.points].map(({ series, delta }) => series.metric.name + '=' + delta).join());
        return { status: 'accepted' };
      }
    }
    export const isTelemetryError = (error) => error instanceof TelemetryError;
  `,
  'index.d.ts': `
    import type { Exporter, ExportReport, Snapshot } from '@pqcnet/telemetry-core';
    export declare class PrintExporter implements Exporter {
      readonly temporality: 'delta';
      export(snapshot: Snapshot): Promise<ExportReport>;
    }
    export declare function isTelemetryError(error: unknown): boolean;
  `,
};

/** programWithIt is a program that swaps it in. */
export const programWithIt = `
  import { TelemetryHandle, type Exporter } from '@pqcnet/telemetry';
  import { PrintExporter, isTelemetryError } from 'print-exporter';
  const exporter: Exporter = new PrintExporter();
  const telemetry = TelemetryHandle.fromConfig({ labels: { component: 'sentry' } }, { exporter });
  telemetry.recordCounter('ingest.success', 2);
  const wrong = telemetry.recordCounter('ingest.success', -1);
  console.log('same classes', !wrong.ok && isTelemetryError(wrong.error));
  const result = await telemetry.flush();
  console.log('flushed', result.ok);
  await telemetry.shutdown();
`;
