import { type Clock, type FlushReport, TelemetryHandle, parseConfig } from '@pqcnet/telemetry';

/** telemetryFromToml makes a handle as a user does: from the text of a file. The environment is left out. */
export function telemetryFromToml(
  toml: string,
  options: { readonly clock?: Clock; readonly environment?: Readonly<Record<string, string>> } = {},
): TelemetryHandle {
  const { clock, environment = {} } = options;
  return TelemetryHandle.fromConfig(parseConfig(toml, { environment }), { clock });
}

/** How long a flush may take on a busy machine. */
const flushMs = 60_000;

/** deliver flushes, and that has to succeed. */
export async function deliver(telemetry: TelemetryHandle): Promise<FlushReport> {
  const result = await telemetry.flush({ force: true, timeoutMs: flushMs });
  if (!result.ok) throw result.error;
  return result.value;
}
