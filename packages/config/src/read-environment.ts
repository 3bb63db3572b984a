import { httpUrlFault } from './define-values.ts';
import { settings, type Scalars } from './define-settings.ts';
import { checkSetting } from './check-setting.ts';
import { EnvironmentReader, type Reading } from './environment-reader.ts';
import type { WarningListener } from './config-warning.ts';
import type { Environment } from './expand-variables.ts';
import { parsePairs } from './parse-pairs.ts';
import { SecretProxy } from './secret-proxy.ts';
import { showText, showUrl } from './show-value.ts';
import type { ProxyConfig } from './telemetry-config.ts';
import type { TlsInput } from './telemetry-config-input.ts';
import { emptyLayer, type Layer } from './validate-layer.ts';

/** EnvironmentLayer is what the standard variables say. */
export interface EnvironmentLayer extends Layer {
  /** Which variable set what, by path: `endpoint`, `headers`, `tls.caFile`. */
  readonly variables: ReadonlyMap<string, string>;
  readonly resourceAttributes: ReadonlyMap<string, string>;
  readonly proxy: ProxyConfig;
  readonly disabled: boolean;
}

/** metricsEndpointVariable holds a URL that is used verbatim; every other endpoint is a base. */
export const metricsEndpointVariable = 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT';

/**
 * readEnvironment reads every standard variable. What can't be used warns, and counts as not set.
 *
 * Source: OpenTelemetry environment variables; OTLP exporter specification, "Configuration options".
 */
export function readEnvironment(environment: Environment, warn: WarningListener): EnvironmentLayer {
  const reader = new EnvironmentReader(environment, warn);
  const { scalars, tls } = settings();
  const values = reader.settings<Scalars>(
    { ...scalars, endpoint: { ...scalars.endpoint, variables: [] } },
    '',
  );
  const endpoint = readEndpoint(reader);
  if (endpoint !== undefined) values.endpoint = endpoint;
  const timeoutMs = readTimeout(reader, values.timeoutMs);
  if (timeoutMs !== undefined) values.timeoutMs = timeoutMs;
  const resourceAttributes = readResourceAttributes(reader);
  const serviceName = resourceAttributes.get('service.name');
  if (serviceName !== undefined && values.serviceName === undefined) {
    values.serviceName = serviceName;
    reader.variables.set('serviceName', resourceAttributesVariable);
  }
  const serviceInstanceId = resourceAttributes.get('service.instance.id');
  if (serviceInstanceId !== undefined) {
    values.serviceInstanceId = serviceInstanceId;
    reader.variables.set('serviceInstanceId', resourceAttributesVariable);
  }
  resourceAttributes.delete('service.name');
  resourceAttributes.delete('service.instance.id');
  return {
    ...emptyLayer,
    scalars: values,
    tls: reader.settings<TlsInput>(tls, 'tls.'),
    headers: readHeaders(reader),
    resourceAttributes,
    proxy: readProxy(reader),
    disabled: readDisabled(reader),
    variables: reader.variables,
  };
}

function readEndpoint(reader: EnvironmentReader): string | undefined {
  const { endpoint } = settings().scalars;
  const found = reader.first<string>(endpoint.variables ?? [], (text, name) => {
    const checked = checkSetting(endpoint, text);
    const fault =
      name === metricsEndpointVariable
        ? httpUrlFault(text)
        : checked.ok
          ? undefined
          : checked.faults.map((each) => each.expected).join('; ');
    if (fault === undefined) return { ok: true, value: text };
    return { ok: false, reason: `${showUrl(text)} is not ${fault}` };
  });
  if (found !== undefined) reader.variables.set('endpoint', found.name);
  return found?.value;
}

// OTEL_METRIC_EXPORT_TIMEOUT bounds a reader's export and the other a request; here both are one deadline, so the
// shorter holds. 0 means no bound.
function readTimeout(reader: EnvironmentReader, timeoutMs: number | undefined): number | undefined {
  const setting = { ...settings().scalars.timeoutMs, variables: ['OTEL_METRIC_EXPORT_TIMEOUT'] };
  const exportTimeoutMs = reader.setting(setting, 'exportTimeoutMs');
  if (exportTimeoutMs === undefined) return timeoutMs;
  const isShorter = exportTimeoutMs !== 0 && (timeoutMs === 0 || exportTimeoutMs < (timeoutMs ?? Infinity));
  if (timeoutMs !== undefined && !isShorter) return timeoutMs;
  reader.variables.set('timeoutMs', 'OTEL_METRIC_EXPORT_TIMEOUT');
  return exportTimeoutMs;
}

const headerVariables = ['OTEL_EXPORTER_OTLP_METRICS_HEADERS', 'OTEL_EXPORTER_OTLP_HEADERS'];

function readHeaders(reader: EnvironmentReader): ReadonlyMap<string, string> {
  const { header, headerName } = settings();
  const found = reader.first<Map<string, string>>(headerVariables, (text) => {
    const parsed = parsePairs(text, { keys: false });
    if (!parsed.ok) return parsed;
    const headers = new Map<string, string>();
    for (const [name, value] of parsed.pairs) {
      // A lone token that ends in "=" would otherwise be taken for a header's name, which is shown.
      if (value === '') return { ok: false, reason: 'it has a header without a value' };
      if (!checkSetting(headerName, name).ok)
        return { ok: false, reason: 'it has a header name that cannot be sent' };
      if (!checkSetting(header, value).ok)
        return { ok: false, reason: 'it has a header value that cannot be sent' };
      headers.set(name.toLowerCase(), value);
    }
    return { ok: true, value: headers };
  });
  if (found !== undefined) reader.variables.set('headers', found.name);
  return found?.value ?? new Map();
}

const resourceAttributesVariable = 'OTEL_RESOURCE_ATTRIBUTES';

function readResourceAttributes(reader: EnvironmentReader): Map<string, string> {
  const found = reader.first<Map<string, string>>([resourceAttributesVariable], (text) => {
    const parsed = parsePairs(text, { keys: true });
    if (!parsed.ok) return { ok: false, reason: `${parsed.reason}, which discards the whole value` };
    const attributes = new Map(parsed.pairs);
    for (const key of ['service.name', 'service.instance.id']) {
      if (attributes.get(key)?.trim() === '') attributes.delete(key);
    }
    return { ok: true, value: attributes };
  });
  if (found !== undefined) reader.variables.set('resourceAttributes', found.name);
  return found?.value ?? new Map();
}

function readDisabled(reader: EnvironmentReader): boolean {
  const found = reader.first<boolean>(['OTEL_SDK_DISABLED'], (text) => {
    const word = text.toLowerCase();
    if (word === 'true' || word === 'false') return { ok: true, value: word === 'true' };
    return { ok: false, reason: `${showText(text)} is neither true nor false` };
  });
  if (found !== undefined) reader.variables.set('disabled', found.name);
  return found?.value ?? false;
}

function readProxy(reader: EnvironmentReader): ProxyConfig {
  const http = reader.first(['http_proxy', 'HTTP_PROXY'], readProxyUrl);
  const https = reader.first(['https_proxy', 'HTTPS_PROXY'], readProxyUrl);
  const noProxy = reader.first<string>(['no_proxy', 'NO_PROXY'], (text) => ({ ok: true, value: text }));
  for (const [name, found] of Object.entries({ http, https, noProxy })) {
    if (found !== undefined) reader.variables.set(`proxy.${name}`, found.name);
  }
  return new SecretProxy({ http: http?.value, https: https?.value, noProxy: noProxy?.value });
}

function readProxyUrl(text: string): Reading<string> {
  const usable = /^https?:\/\/[^\s/]/i.test(text) && URL.canParse(text);
  return usable ? { ok: true, value: text } : { ok: false, reason: 'it is not an http or https URL' };
}
