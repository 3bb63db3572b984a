import { TelemetryError } from './telemetry-error.ts';

const OLDEST = [22, 19] as const;

/**
 * requireNode throws where the language that this is written in is not there: at set-up, and not at the first flush.
 *
 * @param version as in `process.versions.node`, which Bun and Deno have, too; undefined where there is no such thing
 * @throws TelemetryError `UNSUPPORTED_RUNTIME`
 */
export function requireNode(version: string | undefined): void {
  if (version === undefined) return;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new TelemetryError(
    'UNSUPPORTED_RUNTIME',
    `Node ${version} can't run @pqcnet/telemetry, expected ${OLDEST.join('.')} or newer.`,
  );
}
