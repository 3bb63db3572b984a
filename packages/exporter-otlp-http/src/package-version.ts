import manifest from '../package.json' with { type: 'json' };

/** PACKAGE_VERSION is this package's version: the one place that knows it, from the sources as from the build. */
export const PACKAGE_VERSION: string = manifest.version;

/** SCOPE_NAME is the instrumentation scope of every metric that is sent. Its version is PACKAGE_VERSION. */
export const SCOPE_NAME = '@pqcnet/telemetry';

/** USER_AGENT is what this exporter calls itself: product/version. */
export const USER_AGENT: string = `pqcnet-telemetry-exporter-otlp-http/${PACKAGE_VERSION}`;
