export type { ConfigOptions } from './config-options.ts';
export { ConfigError } from './config-error.ts';
export type { ConfigErrorCode, ConfigProblem } from './config-error.ts';
export type { ConfigWarning, WarningListener } from './config-warning.ts';
export { describeConfig } from './describe-config.ts';
export type { DescribedValue } from './describe-config.ts';
export type { Environment } from './expand-variables.ts';
export { loadConfig } from './load-config.ts';
export { parseConfig } from './parse-config.ts';
export type { FileOptions, ParseOptions } from './parse-config.ts';
export { isTelemetryConfig } from './telemetry-config.ts';
export type {
  ConfigSource,
  MetricConfig,
  ProxyConfig,
  TelemetryConfig,
  TlsConfig,
} from './telemetry-config.ts';
export type {
  Compression,
  HttpVersion,
  LabelPlacement,
  LabelValue,
  LatencyHistogram,
  MetricInput,
  OtlpProtocol,
  TableInput,
  TelemetryConfigInput,
  TemporalityPreference,
  TlsInput,
} from './telemetry-config-input.ts';
export { validateConfig } from './validate-config.ts';
