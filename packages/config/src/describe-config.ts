import { settings } from './define-settings.ts';
import { kebabCase } from './name-key.ts';
import { showPath } from './show-path.ts';
import { redacted, withoutSecrets } from './show-value.ts';
import { originsOf, type ConfigSource, type TelemetryConfig } from './telemetry-config.ts';

/** DescribedValue is one value of a configuration, and where it came from. It never shows a secret. */
export interface DescribedValue {
  /**
   * The key in the file's `[telemetry]`, such as `flush-interval-ms` or `metrics.pipeline.bounds`. What only the
   * environment sets is named in the same way: `disabled`, `proxy.http`, `resource-attributes.region`.
   */
  readonly key: string;
  /** The value that holds; `[redacted]` for a header, and for a proxy or a part of a URL that may hold a secret. */
  readonly value: string | number | boolean | readonly number[];
  /** Where the value came from. */
  readonly source: ConfigSource;
  /** The line of the file, from 1; undefined for a value that is not from the file. */
  readonly line: number | undefined;
  /** The environment variables that the value comes from: the one that set it, or those that the file refers to. */
  readonly variables: readonly string[];
}

/**
 * describeConfig lists every value of a configuration that is set, defaults included, with its origin. The order is
 * that of the reference.
 */
export function describeConfig(config: TelemetryConfig): readonly DescribedValue[] {
  const { scalars, tls } = settings();
  const described: DescribedValue[] = [];
  const add = (path: readonly string[], value: DescribedValue['value'] | undefined): void => {
    if (value !== undefined) described.push({ key: showPath(keyOf(path)), value, ...originOf(config, path) });
  };
  for (const name of keysOf(scalars)) {
    add([name], name === 'endpoint' ? withoutSecrets(config.endpoint) : config[name]);
  }
  for (const [key, value] of config.labels) add(['labels', key], value);
  for (const name of config.headers.keys()) add(['headers', name], redacted);
  for (const name of keysOf(tls)) add(['tls', name], config.tls[name]);
  for (const [name, { unit, description, bounds }] of config.metrics) {
    add(['metrics', name, 'unit'], unit);
    add(['metrics', name, 'description'], description);
    add(['metrics', name, 'bounds'], bounds);
  }
  for (const [key, value] of config.resourceAttributes) add(['resourceAttributes', key], value);
  add(['proxy', 'http'], describeProxy(config.proxy.http));
  add(['proxy', 'https'], describeProxy(config.proxy.https));
  add(['proxy', 'noProxy'], config.proxy.noProxy);
  if (config.disabled) add(['disabled'], true);
  return described;
}

function originOf(
  config: TelemetryConfig,
  path: readonly string[],
): Pick<DescribedValue, 'source' | 'line' | 'variables'> {
  const origins = originsOf(config);
  // What no file and no program can set has no entry.
  const source = config.sources.get(path.join('.')) ?? 'environment';
  if (source === 'environment') {
    const variable = origins.variableOf(path);
    return { source, line: undefined, variables: variable === undefined ? [] : [variable] };
  }
  if (source !== 'file') return { source, line: undefined, variables: [] };
  // A label stands in for a service's name that is not written down.
  const written = origins.inFile(keyOf(path)) ?? origins.inFile(['labels', 'component']);
  return { source, line: written?.line, variables: written?.variables ?? [] };
}

// Where credentials end is not certain: a "/" or "@" in them makes them look like a host or a path.
function describeProxy(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  return url.includes('@') ? redacted : new URL(url).origin;
}

const namedByUsers = new Set(['labels', 'headers', 'metrics', 'resourceAttributes']);

/** keyOf writes a path in camelCase as the file does; what users named stays as it is. */
function keyOf([table = '', ...rest]: readonly string[]): string[] {
  return [kebabCase(table), ...(namedByUsers.has(table) ? rest : rest.map(kebabCase))];
}

function keysOf<T extends object>(object: T): (keyof T & string)[] {
  return Object.keys(object) as (keyof T & string)[];
}
