/** A service under test: it takes requests, counts them, and knows its collector only from the environment. */
import { createServer } from 'node:http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';

const reader = new PeriodicExportingMetricReader({
  exporter: new OTLPMetricExporter(),
  exportIntervalMillis: 200,
  exportTimeoutMillis: 200,
});
const provider = new MeterProvider({ readers: [reader] });
const requests = provider.getMeter('service').createCounter('http.requests');

const server = createServer((request, response) => {
  requests.add(1, { route: request.url ?? '/' });
  response.end('ok\n');
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null)
    process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
process.once('SIGTERM', () => {
  server.close();
  void provider.shutdown();
});
