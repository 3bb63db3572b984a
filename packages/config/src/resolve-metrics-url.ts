/**
 * resolveMetricsUrl makes the URL that requests go to. A base gets a `/` if it has none at its end, and
 * `v1/metrics`; a verbatim URL stays as it is, an empty path being `/`. No port is ever put in.
 *
 * Source: OTLP exporter specification, "Endpoint URLs for OTLP/HTTP".
 */
export function resolveMetricsUrl(endpoint: string, options: { readonly verbatim: boolean }): string {
  const url = new URL(endpoint);
  if (!options.verbatim) url.pathname += url.pathname.endsWith('/') ? 'v1/metrics' : '/v1/metrics';
  return url.href;
}
