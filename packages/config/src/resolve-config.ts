import { resolve as resolvePath } from 'node:path';

import { settings, longestTimerMs, type Scalars } from './define-settings.ts';
import { freezeMap } from './freeze-map.ts';
import type { Merged } from './merge-layers.ts';
import { metricsEndpointVariable, type EnvironmentLayer } from './read-environment.ts';
import { resolveMetricsUrl } from './resolve-metrics-url.ts';
import { SecretMap } from './secret-map.ts';
import {
  markResolved,
  type ConfigOrigins,
  type ConfigSource,
  type MetricConfig,
  type TelemetryConfig,
} from './telemetry-config.ts';
import type { LabelValue, MetricInput } from './telemetry-config-input.ts';

/** resolveConfig fills in the defaults and makes the frozen whole. */
export function resolveConfig(
  merged: Merged,
  options: {
    readonly environment: EnvironmentLayer;
    /** Where relative paths in the file start. All others start at the working directory. */
    readonly fileDirectory: string | undefined;
    readonly origins: ConfigOrigins;
  },
): TelemetryConfig {
  const { environment } = options;
  const sources = new Map(merged.sources);
  const scalars = withDefaults(merged.scalars, sources);
  const verbatim =
    sources.get('endpoint') === 'environment' &&
    environment.variables.get('endpoint') === metricsEndpointVariable;
  sources.set('metricsUrl', sources.get('endpoint') ?? 'default');
  const absolute = (path: string | undefined, key: string): string | undefined => {
    const fromFile = sources.get(key) === 'file';
    return path && resolvePath((fromFile ? options.fileDirectory : undefined) ?? '', path);
  };
  const file = (name: 'caFile' | 'certFile' | 'keyFile'): string | undefined =>
    absolute(merged.tls[name], `tls.${name}`);
  const config: TelemetryConfig = {
    ...scalars,
    metricsUrl: resolveMetricsUrl(scalars.endpoint, { verbatim }),
    socketPath: absolute(merged.scalars.socketPath, 'socketPath'),
    timeoutMs: scalars.timeoutMs === 0 ? longestTimerMs : scalars.timeoutMs,
    serviceName: merged.scalars.serviceName ?? componentOf(merged.labels, sources),
    serviceInstanceId: merged.scalars.serviceInstanceId,
    latencyBoundsMs: Object.freeze([...scalars.latencyBoundsMs]),
    labels: freezeMap(new Map(merged.labels)),
    headers: new SecretMap(merged.headers),
    tls: Object.freeze({ caFile: file('caFile'), certFile: file('certFile'), keyFile: file('keyFile') }),
    proxy: environment.proxy,
    metrics: freezeMap(new Map([...merged.metrics].map(([name, metric]) => [name, resolveMetric(metric)]))),
    resourceAttributes: freezeMap(new Map(environment.resourceAttributes)),
    disabled: environment.disabled,
    sources: freezeMap(sources),
  };
  return markResolved(config, options.origins);
}

type Optional = 'serviceName' | 'serviceInstanceId' | 'socketPath';

function withDefaults(given: Partial<Scalars>, sources: Map<string, ConfigSource>): Omit<Scalars, Optional> {
  const values: { -readonly [K in keyof Scalars]?: Scalars[K] } = {};
  for (const [key, { fallback }] of Object.entries(settings().scalars)) {
    if (fallback === undefined) continue;
    Object.assign(values, { [key]: fallback });
    if (!sources.has(key)) sources.set(key, 'default');
  }
  // Every other setting has a default, which a test makes sure of.
  return { ...values, ...given } as Scalars;
}

function componentOf(
  labels: ReadonlyMap<string, LabelValue>,
  sources: Map<string, ConfigSource>,
): string | undefined {
  const component = labels.get('component');
  if (typeof component !== 'string' || component.trim() === '') return undefined;
  sources.set('serviceName', sources.get('labels.component') ?? 'default');
  return component;
}

function resolveMetric(metric: MetricInput): MetricConfig {
  return Object.freeze({
    unit: metric.unit,
    description: metric.description,
    bounds: metric.bounds && Object.freeze([...metric.bounds]),
  });
}
