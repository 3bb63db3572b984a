const longestShown = 80;

/** describeValue shows a caller's value in an error message: short, on one line, and never failing. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'string': {
      const shown = value.length > longestShown ? `${value.slice(0, longestShown)}…` : value;
      return JSON.stringify(shown);
    }
    case 'bigint':
      return `${value}n`;
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'symbol':
      return 'a symbol';
    case 'function':
      return 'a function';
    case 'object':
      if (value === null) return 'null';
      return isArray(value) ? 'an array' : 'an object';
  }
}

function isArray(value: object): boolean {
  try {
    return Array.isArray(value);
  } catch {
    // A proxy that was revoked.
    return false;
  }
}

/** describeError shows what was thrown, whatever it is, and never fails. */
export function describeError(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return 'something that can not be shown';
  }
}
