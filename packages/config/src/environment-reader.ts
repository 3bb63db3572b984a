import { checkSetting } from './check-setting.ts';
import { ignoredVariable, type WarningListener } from './config-warning.ts';
import type { Setting } from './define-settings.ts';
import { readVariable, type Environment } from './expand-variables.ts';
import { showText, showUrl } from './show-value.ts';

/** Reading is what a variable's text means, or why it can't be used. The reason holds no secret. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

/** EnvironmentReader reads settings from variables: one that can't be used warns, and the next one is tried. */
export class EnvironmentReader {
  /** Which variable set what, by path. */
  readonly variables: Map<string, string> = new Map();
  readonly #environment: Environment;
  readonly #warn: WarningListener;

  constructor(environment: Environment, warn: WarningListener) {
    this.#environment = environment;
    this.#warn = warn;
  }

  /** first gives the meaning of the first of these variables that is set and can be used. */
  first<T>(
    names: readonly string[],
    read: (text: string, name: string) => Reading<T>,
  ): { readonly name: string; readonly value: T } | undefined {
    for (const name of names) {
      const text = readVariable(this.#environment, name)?.trim();
      if (text === undefined) continue;
      const reading = read(text, name);
      if (reading.ok) return { name, value: reading.value };
      this.#warn(ignoredVariable(name, reading.reason));
    }
    return undefined;
  }

  /** setting reads one setting from its variables, and notes which one set it. */
  setting<T>(setting: Setting<T>, path: string): T | undefined {
    const found = this.first(setting.variables ?? [], (text) => readSetting(setting, text));
    if (found !== undefined) this.variables.set(path, found.name);
    return found?.value;
  }

  /** settings reads every setting of a table. */
  settings<T extends object>(
    members: { readonly [K in keyof T]-?: Setting<NonNullable<T[K]>> },
    prefix: string,
  ): { -readonly [K in keyof T]?: T[K] } {
    const values: { -readonly [K in keyof T]?: T[K] } = {};
    for (const name in members) {
      if (!Object.hasOwn(members, name)) continue;
      const value = this.setting(members[name], `${prefix}${name}`);
      if (value !== undefined) values[name] = value;
    }
    return values;
  }
}

function readSetting<T>(setting: Setting<T>, text: string): Reading<T> {
  const word = text.toLowerCase();
  if (setting.words !== undefined) {
    const words = new Map(Object.entries(setting.words));
    const value = words.get(word);
    if (value !== undefined) return { ok: true, value };
    return { ok: false, reason: `${showText(text)} is none of ${[...words.keys()].join(', ')}` };
  }
  // An enumeration without words of its own is written in a variable as in the file, in any casing; a number is
  // digits only, so that neither "1e3" nor "0x10" means something else to another SDK.
  const candidates: unknown[] = /^\d{1,15}$/.test(text) ? [Number(text), text] : [text, word];
  for (const candidate of candidates) {
    const checked = checkSetting(setting, candidate);
    if (checked.ok) return { ok: true, value: checked.value };
  }
  const shown = setting.shows === 'url' ? showUrl(text) : showText(text);
  const fault = checkSetting(setting, candidates[0]);
  const expected = fault.ok ? setting.expected : fault.faults.map((each) => each.expected).join('; ');
  return { ok: false, reason: `${shown} is not ${expected}` };
}
