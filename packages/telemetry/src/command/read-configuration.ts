import {
  ConfigError,
  describeConfig,
  loadConfig,
  validateConfig,
  type ConfigProblem,
  type ConfigWarning,
  type DescribedValue,
  type TelemetryConfig,
} from '@pqcnet/telemetry-config';
import { TelemetryError } from '@pqcnet/telemetry-core';
import { Probe } from './probe.ts';

/** FoundConfiguration is what a program that starts here would find. It holds no secret. */
export interface FoundConfiguration {
  readonly file: string | undefined;
  /** Why the configuration can't be used. */
  readonly failure:
    | { readonly code: string; readonly message: string; readonly problems: readonly ConfigProblem[] }
    | undefined;
  /** Environment variables that are ignored. */
  readonly warnings: readonly ConfigWarning[];
  /** What can be used, but may not be meant. */
  readonly notes: readonly string[];
  readonly values: readonly DescribedValue[];
  /** Where requests go, without a query. */
  readonly url: string | undefined;
}

/** readConfiguration reads a file and the environment as `loadConfig` does, or the environment alone. Never rejects. */
export async function readConfiguration(file: string | undefined): Promise<
  FoundConfiguration & {
    readonly usable: { readonly config: TelemetryConfig; readonly probe: Probe } | undefined;
  }
> {
  const warnings: ConfigWarning[] = [];
  const onWarning = (warning: ConfigWarning): void => void warnings.push(warning);
  let config: TelemetryConfig | undefined;
  let probe: Probe | undefined;
  let failure: FoundConfiguration['failure'];
  try {
    config = file === undefined ? validateConfig({}, { onWarning }) : await loadConfig(file, { onWarning });
    probe = new Probe(config);
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof TelemetryError)) throw error;
    const problems = error instanceof ConfigError ? error.problems : [];
    failure = { code: error.code, message: error.message, problems };
  }
  return {
    file,
    failure,
    warnings,
    notes: config === undefined ? [] : notesOn(config),
    values: config === undefined ? [] : describeConfig(config),
    url: config && urlOf(config),
    usable: config && probe && { config, probe },
  };
}

function notesOn(config: TelemetryConfig): string[] {
  const { protocol, hostname } = new URL(config.metricsUrl);
  const notes: string[] = [];
  if (config.disabled) {
    notes.push('OTEL_SDK_DISABLED is set: programs record and send nothing, and so does this check.');
  }
  if (config.serviceName === undefined) {
    notes.push(
      'Nothing names the service, so it is called unknown_service:node: set service-name, the label component or OTEL_SERVICE_NAME.',
    );
  }
  if (config.serviceInstanceId !== undefined) {
    notes.push('service-instance-id is fixed: no two processes may run with it at the same time.');
  }
  if (protocol === 'http:' && config.socketPath === undefined && !isLoopback(hostname)) {
    notes.push(`Requests go to ${hostname} over plain http: whoever is on the way can read and change them.`);
  }
  return notes;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

// A query may hold a key, and an "@" may end credentials that only look like a path.
function urlOf({ metricsUrl }: TelemetryConfig): string {
  const { origin, pathname } = new URL(metricsUrl);
  return pathname.includes('@') ? origin : `${origin}${pathname}`;
}
