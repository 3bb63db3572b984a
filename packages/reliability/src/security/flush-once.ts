/** A process that records, flushes once to $ENDPOINT, and prints the result. */
import { TelemetryHandle, validateConfig } from '@pqcnet/telemetry';

const config = validateConfig({ endpoint: process.env['ENDPOINT'] ?? '' }, { environment: {} });
const telemetry = TelemetryHandle.fromConfig(config);
telemetry.recordCounter('c', 1);
const result = await telemetry.flush({ maxAttempts: 1 });
process.stdout.write(result.ok ? 'delivered\n' : `${result.error.code}: ${result.error.message}\n`);
await telemetry.shutdown({ timeoutMs: 1 });
