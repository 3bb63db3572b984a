import { randomBytes } from 'node:crypto';
import { TelemetryHandle, undiciTransport } from '@pqcnet/telemetry';
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { signatureHeader, signatureOf, signingTransport } from './signing-transport.ts';

// Sends a signed flush to a collector on loopback, and checks the signature against what arrived.
const key = randomBytes(32);
await using collector = await TestCollector.start();
await using telemetry = TelemetryHandle.fromConfig(
  { endpoint: collector.url },
  { transport: signingTransport({ inner: undiciTransport(), readKey: async () => key }) },
);
telemetry.recordCounter('example.runs', 1);
const result = await telemetry.flush();
if (!result.ok) throw result.error;

for (const { rawBody, headers } of collector.requests) {
  const isGenuine = headers[signatureHeader] === signatureOf(rawBody, key);
  console.log(`${rawBody.byteLength} bytes, ${signatureHeader} ${isGenuine ? 'is right' : 'is WRONG'}`);
  if (!isGenuine) process.exitCode = 1;
}
