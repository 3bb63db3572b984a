import { type TelemetryConfig, type TelemetryConfigInput, validateConfig } from '@pqcnet/telemetry-config';
import {
  type AttachOptions,
  type AttachedTelemetry,
  type Clock,
  type Exporter,
  type SharedTelemetry,
  TelemetryHandle as CoreTelemetryHandle,
} from '@pqcnet/telemetry-core';
import type { Transport } from '@pqcnet/telemetry-exporter-otlp-http';
import { describeResource } from './describe-resource.ts';
import { describeExporter } from './describe-exporter.ts';
import { makeExporter } from './make-exporter.ts';

/** FromConfigOptions swaps parts of what a configuration describes. */
export interface FromConfigOptions {
  /** Where flushes go, in place of OTLP/HTTP. */
  readonly exporter?: Exporter | undefined;
  /** What brings requests to the collector, in place of undici. */
  readonly transport?: Transport | undefined;
  /** Where time comes from. */
  readonly clock?: Clock | undefined;
}

/**
 * TelemetryHandle records metrics and flushes them: make one with `TelemetryHandle.fromConfig`.
 */
export type TelemetryHandle = CoreTelemetryHandle;

/** What makes telemetry handles. */
export const TelemetryHandle: {
  /**
   * fromConfig makes a handle from a configuration: one of `loadConfig` or `parseConfig`, or a plain object, which is
   * validated by the same rules.
   *
   * @throws ConfigError when the object can't be used, with every problem at once
   * @throws TelemetryError `INVALID_OPTIONS` when a file that the configuration names can't be read
   */
  fromConfig(config: TelemetryConfig | TelemetryConfigInput, options?: FromConfigOptions): TelemetryHandle;
  /**
   * attach has this thread record into a handle of another one, which called `share()`. Records are in every flush and
   * snapshot there that begins after them, and none is lost with this thread.
   *
   * @throws TelemetryError `INVALID_OPTIONS` for what `share()` did not give; `TOO_MANY_THREADS` when 64 threads are
   *   attached
   */
  attach(shared: SharedTelemetry, options?: AttachOptions): AttachedTelemetry;
} = {
  attach: (shared, options) => CoreTelemetryHandle.attach(shared, options),
  fromConfig(input, { exporter, transport, clock } = {}) {
    const config = validateConfig(input);
    return new CoreTelemetryHandle({
      exporter: exporter ?? makeExporter(config, { transport, clock }),
      resource: describeResource(config),
      labels: config.labels,
      flushIntervalMs: config.flushIntervalMs,
      timeoutMs: config.timeoutMs,
      latencyBoundsMs: config.latencyBoundsMs,
      latencyHistogram: config.latencyHistogram,
      cardinalityLimit: config.cardinalityLimit,
      idleFlushesBeforeRetirement: config.idleFlushesBeforeRetirement,
      maxWindowAgeMs: config.maxWindowAgeMs,
      selfMetrics: config.selfMetrics ? describeExporter(config) : undefined,
      metrics: config.metrics,
      disabled: config.disabled,
      clock,
    });
  },
};
