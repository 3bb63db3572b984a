import { buildConfig } from './build-config.ts';
import type { ConfigOptions } from './config-options.ts';
import { isTelemetryConfig, type TelemetryConfig } from './telemetry-config.ts';
import type { TelemetryConfigInput } from './telemetry-config-input.ts';

/**
 * validateConfig makes a configuration from a plain object, by the same rules as a file. What the object leaves out
 * comes from the environment, then the default. A configuration that is resolved already is returned as it is.
 *
 * @throws ConfigError with every problem at once.
 */
export function validateConfig(
  config: TelemetryConfigInput | TelemetryConfig,
  options: ConfigOptions = {},
): TelemetryConfig {
  if (isTelemetryConfig(config)) return config;
  return buildConfig({ code: config }, options);
}
