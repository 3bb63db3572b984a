import type { TelemetryConfig } from '@pqcnet/telemetry-config';
import { type Clock, TelemetryError } from '@pqcnet/telemetry-core';
import {
  OtlpHttpError,
  OtlpHttpExporter,
  undiciTransport,
  type Transport,
} from '@pqcnet/telemetry-exporter-otlp-http';

/**
 * makeExporter makes the OTLP/HTTP exporter that a configuration describes, with its transport unless one is given.
 *
 * @throws TelemetryError `INVALID_OPTIONS` when a TLS file can't be used
 */
export function makeExporter(
  config: TelemetryConfig,
  {
    transport,
    clock,
  }: { readonly transport?: Transport | undefined; readonly clock?: Clock | undefined } = {},
): OtlpHttpExporter {
  return new OtlpHttpExporter({
    url: config.metricsUrl,
    headers: Object.fromEntries(config.headers),
    protocol: config.protocol,
    compression: config.compression,
    labelPlacement: config.labelPlacement,
    temporality: config.temporality,
    maxRequestBytes: config.maxRequestBytes,
    transport: transport ?? makeTransport(config),
    ...(clock && { nowUnixMs: () => clock.unixMs() }),
  });
}

/**
 * makeTransport makes the transport that a configuration describes.
 *
 * @throws TelemetryError `INVALID_OPTIONS` when a TLS file can't be used
 */
export function makeTransport({ tls, proxy, socketPath, httpVersion }: TelemetryConfig): Transport {
  try {
    return undiciTransport({ tls, proxy, socketPath, httpVersion });
  } catch (cause) {
    if (!(cause instanceof OtlpHttpError)) throw cause;
    // In the terms of the file, which are how people know the settings.
    const message = cause.message.replace(/\b(ca|cert|key)File\b/, '$1-file');
    throw new TelemetryError('INVALID_OPTIONS', message, { cause });
  }
}
