import type { ConfigProblem } from './config-error.ts';
import { settings, type Scalars, type Setting } from './define-settings.ts';
import {
  LayerReader,
  type LayerForm,
  type LayerProblem,
  type TableEntries,
  type Written,
} from './read-layer.ts';
import type { KeyPath } from './show-path.ts';
import type { LabelValue, MetricInput, TlsInput } from './telemetry-config-input.ts';

/** Layer is what one source says: only what it sets, each value checked. */
export interface Layer {
  readonly scalars: Partial<Scalars>;
  readonly tls: TlsInput;
  readonly labels: ReadonlyMap<string, LabelValue>;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly metrics: ReadonlyMap<string, MetricInput>;
}

/** ReadLayer is a source that was read. */
export interface ReadLayer {
  /** How it is written. */
  readonly form: LayerForm;
  readonly layer: Layer;
  readonly problems: readonly ConfigProblem[];
  /** Says where in the source a further problem is. */
  readonly place: (problem: LayerProblem) => ConfigProblem;
}

/** emptyLayer sets nothing. */
export const emptyLayer: Layer = {
  scalars: {},
  tls: {},
  labels: new Map(),
  headers: new Map(),
  metrics: new Map(),
};

/** validateLayer checks everything that one source says, and collects every problem. */
export function validateLayer(
  input: unknown,
  form: LayerForm,
): {
  readonly layer: Layer;
  readonly problems: readonly LayerProblem[];
  readonly written: readonly Written[];
} {
  const reader = new LayerReader(form);
  return { layer: readRoot(reader, input), problems: reader.problems, written: reader.written };
}

function readRoot(reader: LayerReader, input: unknown): Layer {
  const path = reader.form.prefix;
  const root = readPrefix(reader, input);
  const { scalars, tls, tables } = settings();
  reader.refuseUnknownKeys(root, [...Object.keys(scalars), ...Object.keys(tables)], path);
  const table = (name: keyof typeof tables, secret = false): TableEntries =>
    reader.readTable(root.get(name) ?? new Map(), [...path, name], secret);
  return {
    scalars: readMembers<Scalars>(reader, { members: scalars, entries: root, path, open: true }),
    tls: readMembers<TlsInput>(reader, { members: tls, entries: table('tls'), path: [...path, 'tls'] }),
    labels: readLabels(reader, table('labels'), [...path, 'labels']),
    headers: readHeaders(reader, table('headers', true), [...path, 'headers']),
    metrics: readMetrics(reader, table('metrics'), [...path, 'metrics']),
  };
}

/** The tables that lead to the configuration: [telemetry] in a file, which holds nothing else. */
function readPrefix(reader: LayerReader, input: unknown): TableEntries {
  let entries = reader.readTable(input, []);
  for (const [index, key] of reader.form.prefix.entries()) {
    const path = reader.form.prefix.slice(0, index);
    reader.refuseUnknownKeys(entries, [`${key}`], path);
    const table = entries.get(`${key}`);
    // When a misspelt key is reported, that it is missing goes without saying.
    if (table === undefined && reader.problems.some((problem) => problem.suggestion === key))
      return new Map();
    entries = reader.readTable(table, [...path, key]);
  }
  return entries;
}

type Members<T> = { readonly [K in keyof T]-?: Setting<NonNullable<T[K]>> };

function readMembers<T extends object>(
  reader: LayerReader,
  table: {
    readonly members: Members<T>;
    readonly entries: TableEntries;
    readonly path: KeyPath;
    /** Other keys are someone else's to judge. */
    readonly open?: boolean;
  },
): Partial<T> {
  if (table.open !== true) reader.refuseUnknownKeys(table.entries, Object.keys(table.members), table.path);
  const values: Partial<T> = {};
  for (const name in table.members) {
    if (!Object.hasOwn(table.members, name)) continue;
    const key = reader.form.naming(name);
    const value = reader.readValue(table.members[name], table.entries.get(key), [...table.path, key]);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

function readLabels(reader: LayerReader, entries: TableEntries, path: KeyPath): Map<string, LabelValue> {
  const { label, labelKey } = settings();
  const labels = new Map<string, LabelValue>();
  for (const [key, found] of entries) {
    const name = reader.readKey(labelKey, key, path);
    const value = reader.readValue(label, found, [...path, key]);
    if (name !== undefined && value !== undefined) labels.set(name, value);
  }
  return labels;
}

function readHeaders(reader: LayerReader, entries: TableEntries, path: KeyPath): Map<string, string> {
  const { header, headerName } = settings();
  const headers = new Map<string, string>();
  for (const [key, found] of entries) {
    const name = reader.readKey(headerName, key, path)?.toLowerCase();
    const value = reader.readValue(header, found, [...path, key]);
    if (name === undefined || value === undefined) continue;
    if (headers.has(name)) {
      reader.report([...path, key], undefined, 'each header once: the casing of a name makes no difference');
    }
    headers.set(name, value);
  }
  return headers;
}

function readMetrics(reader: LayerReader, entries: TableEntries, path: KeyPath): Map<string, MetricInput> {
  const { metric, metricName } = settings();
  const metrics = new Map<string, MetricInput>();
  const names = new Set<string>();
  for (const [key, found] of entries) {
    const metricPath = [...path, key];
    const name = reader.readKey(metricName, key, path);
    const members = reader.readTable(found, metricPath);
    const options = readMembers<MetricInput>(reader, { members: metric, entries: members, path: metricPath });
    if (name === undefined) continue;
    if (names.has(name.toLowerCase())) {
      reader.report(metricPath, undefined, 'each metric once: the casing of a name makes no difference');
    }
    names.add(name.toLowerCase());
    metrics.set(name, options);
  }
  return metrics;
}
