import { escapeControls } from './show-value.ts';

/** KeyPath leads to a value of the configuration: keys, and indexes of arrays. */
export type KeyPath = readonly (string | number)[];

/** showPath writes a path as TOML does: `telemetry.metrics."a b".bounds[2]`. */
export function showPath(path: KeyPath): string {
  let shown = '';
  for (const part of path) {
    if (typeof part === 'number') shown += `[${part}]`;
    else shown += (shown === '' ? '' : '.') + showKey(part);
  }
  return shown;
}

function showKey(key: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(key)) return key;
  const cut = key.length > 64 ? `${key.slice(0, 64)}…` : key;
  return `"${escapeControls(cut.replaceAll('"', String.raw`\"`))}"`;
}
