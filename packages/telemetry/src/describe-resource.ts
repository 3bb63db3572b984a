import { hostname } from 'node:os';
import type { TelemetryConfig } from '@pqcnet/telemetry-config';
import type { AttributeValue } from '@pqcnet/telemetry-core';
import manifest from '../package.json' with { type: 'json' };

/**
 * describeResource says what produces the metrics: the configured service, and what this process knows of itself.
 * What OTEL_RESOURCE_ATTRIBUTES says wins over the latter.
 *
 * Source: OpenTelemetry semantic conventions, "Resource": service, telemetry SDK, process, host.
 */
export function describeResource(config: TelemetryConfig): ReadonlyMap<string, AttributeValue> {
  return new Map<string, AttributeValue>([
    ['host.name', hostname()],
    ['process.pid', process.pid],
    ['process.runtime.name', 'nodejs'],
    ['process.runtime.version', process.versions.node],
    ...config.resourceAttributes,
    ['service.name', config.serviceName ?? 'unknown_service:node'],
    ['service.instance.id', config.serviceInstanceId ?? crypto.randomUUID()],
    ['telemetry.sdk.name', manifest.name],
    ['telemetry.sdk.language', 'nodejs'],
    ['telemetry.sdk.version', manifest.version],
  ]);
}
