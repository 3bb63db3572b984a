import { settings, type Scalars } from './define-settings.ts';
import type { ConfigSource } from './telemetry-config.ts';
import type { MetricInput, TlsInput } from './telemetry-config-input.ts';
import type { Layer } from './validate-layer.ts';

/** SourcedLayer is a layer and where it came from. */
export interface SourcedLayer {
  readonly source: ConfigSource;
  readonly layer: Layer;
}

/** Merged is what all layers say together, without defaults. */
export interface Merged extends Layer {
  /** Where each value came from, by camelCase path. */
  readonly sources: ReadonlyMap<string, ConfigSource>;
}

/**
 * mergeLayers puts layers together, the strongest first. Tables are merged key by key; any other value, an array
 * too, is taken whole from the strongest layer that has it.
 */
export function mergeLayers(layers: readonly SourcedLayer[]): Merged {
  const { scalars, tls } = settings();
  const sources = new Map<string, ConfigSource>();
  const members = <T extends object>(
    names: readonly (keyof T & string)[],
    pick: (layer: Layer) => T,
    prefix: string,
  ): Partial<T> => {
    const values: Partial<T> = {};
    for (const name of names) {
      const strongest = layers.find(({ layer }) => pick(layer)[name] !== undefined);
      if (strongest === undefined) continue;
      values[name] = pick(strongest.layer)[name];
      sources.set(`${prefix}${name}`, strongest.source);
    }
    return values;
  };
  const table = <T>(pick: (layer: Layer) => ReadonlyMap<string, T>, prefix: string): Map<string, T> => {
    const entries = new Map<string, T>();
    for (const { source, layer } of layers) {
      for (const [key, value] of pick(layer)) {
        if (entries.has(key)) continue;
        entries.set(key, value);
        sources.set(`${prefix}${key}`, source);
      }
    }
    return entries;
  };
  // An endpoint that was put in place of a weaker one is not to be looked for behind the weaker one's socket.
  const withoutWeakSocket = ({ socketPath, ...others }: Partial<Scalars>): Partial<Scalars> => {
    if (socketPath === undefined) return others;
    if (strengthOf('socketPath', layers) >= strengthOf('endpoint', layers)) return { ...others, socketPath };
    sources.delete('socketPath');
    return others;
  };
  return {
    scalars: withoutWeakSocket(members(keysOf(scalars), (layer) => layer.scalars, '')),
    tls: members<TlsInput>(keysOf(tls), (layer) => layer.tls, 'tls.'),
    labels: table((layer) => layer.labels, 'labels.'),
    headers: table((layer) => layer.headers, 'headers.'),
    metrics: mergeMetrics(layers, sources),
    sources,
  };
}

/** The higher, the stronger; 0 when no layer has it. */
function strengthOf(name: keyof Scalars, layers: readonly SourcedLayer[]): number {
  const index = layers.findIndex(({ layer }) => layer.scalars[name] !== undefined);
  return index === -1 ? 0 : layers.length - index;
}

// A metric's name is the same in any casing: the strongest layer's casing stays.
function mergeMetrics(
  layers: readonly SourcedLayer[],
  sources: Map<string, ConfigSource>,
): Map<string, MetricInput> {
  const names = new Map<string, string>();
  const metrics = new Map<string, MetricInput>();
  for (const { source, layer } of layers) {
    for (const [given, options] of layer.metrics) {
      const name = names.get(given.toLowerCase()) ?? given;
      names.set(given.toLowerCase(), name);
      const stronger = metrics.get(name) ?? {};
      metrics.set(name, { ...options, ...stronger });
      for (const option of keysOf(options)) {
        if (stronger[option] === undefined) sources.set(`metrics.${name}.${option}`, source);
      }
    }
  }
  return metrics;
}

/** An object's keys with their types. */
function keysOf<T extends object>(object: T): (keyof T & string)[] {
  const keys: (keyof T & string)[] = [];
  for (const key in object) if (Object.hasOwn(object, key)) keys.push(key);
  return keys;
}
