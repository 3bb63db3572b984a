import type { TelemetryConfig } from '@pqcnet/telemetry-config';
import type { Attributes } from '@pqcnet/telemetry-core';

/** How many exporters of each type this process has made: the number in a component's name. */
const made = new Map<string, number>();

/**
 * describeExporter says which exporter metrics about exports are of.
 *
 * Source: OpenTelemetry semantic conventions, "SDK metrics": `otel.component.name`, `otel.component.type`; "Server".
 */
export function describeExporter(config: TelemetryConfig): Attributes {
  const type =
    config.protocol === 'http/json' ? 'otlp_http_json_metric_exporter' : 'otlp_http_metric_exporter';
  const count = made.get(type) ?? 0;
  made.set(type, count + 1);
  const { hostname, port, protocol } = new URL(config.metricsUrl);
  return {
    'otel.component.name': `${type}/${count}`,
    'otel.component.type': type,
    'server.address': hostname,
    'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
  };
}
