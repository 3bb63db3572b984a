import * as z from 'zod/mini';

import type { Setting } from './define-settings.ts';
import type { KeyPath } from './show-path.ts';

/** Fault is one reason why a value can't be used. */
interface Fault {
  /** Where in the value: an index of an array, or nothing for the value itself. */
  readonly path: KeyPath;
  /** What was expected there. */
  readonly expected: string;
}

/** Checked is a value of the right type, or what is wrong with it. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** checkSetting checks a value against its setting, and never throws. */
export function checkSetting<T>(setting: Setting<T>, value: unknown): Checked<T> {
  const parsed = z.safeParse(setting.schema, value);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, faults: parsed.error.issues.map((issue) => faultOf(setting, issue)) };
}

function faultOf<T>(setting: Setting<T>, issue: z.core.$ZodIssue): Fault {
  const path = issue.path.filter((part) => typeof part === 'number');
  if (issue.code === 'custom') return { path, expected: issue.message };
  return { path, expected: path.length === 0 ? setting.expected : 'a finite number' };
}
