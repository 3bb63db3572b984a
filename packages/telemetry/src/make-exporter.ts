import { readFileSync } from 'node:fs';
import type { TelemetryConfig } from '@pqcnet/telemetry-config';
import { TelemetryError } from '@pqcnet/telemetry-core';
import {
  OtlpHttpExporter,
  type TlsOptions,
  type Transport,
  undiciTransport,
} from '@pqcnet/telemetry-exporter-otlp-http';

/** makeExporter makes the OTLP/HTTP exporter that a configuration describes. Throws for TLS files that can't be read. */
export function makeExporter(config: TelemetryConfig, transport?: Transport): OtlpHttpExporter {
  return new OtlpHttpExporter({
    url: config.metricsUrl,
    headers: Object.fromEntries(config.headers),
    protocol: config.protocol,
    compression: config.compression,
    labelPlacement: config.labelPlacement,
    temporality: config.temporality,
    maxRequestBytes: config.maxRequestBytes,
    transport: transport ?? undiciTransport({ tls: readTlsFiles(config) }),
  });
}

function readTlsFiles({ tls }: TelemetryConfig): TlsOptions {
  return {
    ...(tls.caFile === undefined ? {} : { ca: readPem('ca-file', tls.caFile) }),
    ...(tls.certFile === undefined ? {} : { cert: readPem('cert-file', tls.certFile) }),
    ...(tls.keyFile === undefined ? {} : { key: readPem('key-file', tls.keyFile) }),
  };
}

function readPem(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new TelemetryError('INVALID_OPTIONS', `tls.${setting}: can't read ${path} (${reason}).`, { cause });
  }
}
