const longestShown = 80;

/** redacted stands for a value that must not be shown. */
export const redacted = '[redacted]';

/** escapeControls makes text safe for a terminal: control, formatting and line-separating characters are escaped. */
export function escapeControls(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}

/** showText quotes text for a message: one line, safe for a terminal, cut when long. */
export function showText(text: string): string {
  const shown = text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
  return `"${escapeControls(shown.replaceAll('"', String.raw`\"`))}"`;
}

/** showValue shows any configuration value in a message: short, one line, like TOML. */
export function showValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      // A URL with a password may stand where none belongs.
      return value.includes('://') ? showUrl(value) : showText(value);
    case 'number':
      return Number.isNaN(value) ? 'nan' : `${value}`;
    case 'bigint':
    case 'boolean':
      return `${value}`;
    case 'undefined':
      return 'nothing';
    case 'function':
    case 'symbol':
      return `a ${typeof value}`;
    case 'object':
      return showObject(value);
  }
  return 'a value';
}

function showObject(value: object | null): string {
  if (value === null) return 'null';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'a date' : value.toISOString();
  if (!Array.isArray(value)) return 'a table';
  const items = value.slice(0, 16).map((item) => (Array.isArray(item) ? 'an array' : showValue(item)));
  if (value.length > items.length) items.push('…');
  return `[${items.join(', ')}]`;
}

/** showUrl shows a URL in a message, without what could be a secret. */
export function showUrl(text: string): string {
  const shown = withoutSecrets(text);
  return shown === redacted ? redacted : showText(shown);
}

/**
 * withoutSecrets takes out of a URL what could be a secret: user name, password, query and fragment. Text that is no
 * URL but has a mark of one of these is not shown at all.
 */
export function withoutSecrets(text: string): string {
  if (!/[@?#]/.test(text)) return text;
  if (!URL.canParse(text)) return redacted;
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol)) return redacted;
  // An "@" elsewhere may end a password with a "/" in it, which then is no longer told from a path.
  if (url.pathname.includes('@')) return redacted;
  const credentials = url.username === '' && url.password === '' ? '' : `${redacted}@`;
  const query = url.search === '' && url.hash === '' ? '' : `?${redacted}`;
  return `${url.protocol}//${credentials}${url.host}${url.pathname}${query}`;
}
