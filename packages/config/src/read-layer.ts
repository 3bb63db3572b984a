import { checkSetting } from './check-setting.ts';
import type { Setting } from './define-settings.ts';
import { expandVariables, type Environment } from './expand-variables.ts';
import type { KeyNaming } from './name-key.ts';
import type { KeyPath } from './show-path.ts';
import { redacted, showText, showUrl, showValue } from './show-value.ts';
import { suggestKey } from './suggest-key.ts';

/** LayerProblem is a problem whose place in the text is not looked up yet. */
export interface LayerProblem {
  readonly path: KeyPath;
  readonly found: string | undefined;
  readonly expected: string;
  readonly suggestion?: string | undefined;
}

/** LayerForm says how one form of the configuration is written. */
export interface LayerForm {
  readonly naming: KeyNaming;
  /** What leads to the configuration's keys: `telemetry` in a file, nothing in code. */
  readonly prefix: KeyPath;
  /** Where `${env:NAME}` is looked up; undefined when this form has no references. */
  readonly environment: Environment | undefined;
}

/** TableEntries are a table's own keys and values; `__proto__` is a key like any other. */
export type TableEntries = ReadonlyMap<string, unknown>;

/** Written is a value that was read: its place, and the environment variables that it refers to. */
export interface Written {
  readonly path: KeyPath;
  readonly variables: readonly string[];
}

/** LayerReader reads unknown input piece by piece, and collects what is wrong with it. */
export class LayerReader {
  readonly form: LayerForm;
  readonly problems: LayerProblem[] = [];
  readonly written: Written[] = [];

  constructor(form: LayerForm) {
    this.form = form;
  }

  /** report adds a problem. */
  report(path: KeyPath, found: string | undefined, expected: string): void {
    this.problems.push({ path, found, expected });
  }

  /** readTable gives the entries of a table; of anything else it reports a problem and gives none. */
  readTable(input: unknown, path: KeyPath, secret = false): TableEntries {
    const entries = entriesOf(input);
    if (entries !== undefined) return entries;
    this.report(path, secret ? redacted : showValue(input), this.#expectedTable(path));
    return new Map();
  }

  /** readKey checks a key that the user chose. */
  readKey(setting: Setting<string>, key: string, path: KeyPath): string | undefined {
    const checked = checkSetting(setting, key);
    if (checked.ok) return checked.value;
    const expected = checked.faults.map((fault) => fault.expected).join('; ');
    this.report([...path, key], `the key ${showText(key)}`, expected);
    return undefined;
  }

  /** readValue checks a value, its references to the environment put in. What is undefined is not set. */
  readValue<T>(setting: Setting<T>, input: unknown, path: KeyPath): T | undefined {
    if (input === undefined) return undefined;
    let value = input;
    let variables: readonly string[] = [];
    if (typeof input === 'string' && setting.expands === true && this.form.environment !== undefined) {
      const expanded = expandVariables(input, this.form.environment);
      if (!expanded.ok) {
        this.report(path, show(setting, input), expanded.expected);
        return undefined;
      }
      value = expanded.text;
      variables = expanded.variables;
    }
    const checked = checkSetting(setting, value);
    if (checked.ok) {
      this.written.push({ path, variables });
      return checked.value;
    }
    for (const fault of checked.faults) {
      // What is shown is what was written: a variable's value may be a secret.
      this.report([...path, ...fault.path], show(setting, memberOf(input, fault.path)), fault.expected);
    }
    return undefined;
  }

  /** refuseUnknownKeys reports each key that has no meaning, with the nearest that has one. Values are not shown. */
  refuseUnknownKeys(entries: TableEntries, names: readonly string[], path: KeyPath): void {
    const known = names.map((name) => this.form.naming(name));
    for (const [key, value] of entries) {
      if (known.includes(key) || value === undefined) continue;
      const suggestion = suggestKey(key, known);
      const expected =
        suggestion === undefined ? `one of ${known.join(', ')}` : `a known key: did you mean ${suggestion}?`;
      this.problems.push({ path: [...path, key], found: 'an unknown key', expected, suggestion });
    }
  }

  #expectedTable(path: KeyPath): string {
    if (this.form.environment === undefined) return path.length === 0 ? 'an object' : 'an object or a Map';
    return path.length === 1 ? `a table [${path.join('.')}]` : 'a table';
  }
}

function show<T>(setting: Setting<T>, value: unknown): string {
  if (setting.shows === 'nothing') return redacted;
  return setting.shows === 'url' && typeof value === 'string' ? showUrl(value) : showValue(value);
}

function memberOf(input: unknown, path: KeyPath): unknown {
  const [index] = path;
  return Array.isArray(input) && typeof index === 'number' ? input[index] : input;
}

function entriesOf(input: unknown): TableEntries | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
  if (isMap(input)) return new Map([...input].map(([key, value]) => [String(key), value]));
  const prototype: unknown = Object.getPrototypeOf(input);
  // A table has no prototype, or some realm's Object.prototype: a date is no table.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return undefined;
  return new Map(Object.entries(input));
}

function isMap(input: object): input is ReadonlyMap<unknown, unknown> {
  return 'entries' in input && typeof input.entries === 'function' && Symbol.iterator in input;
}
