/**
 * A number that a glance at an attribute's value gives: the same for equal values, often another one for others. −1 for
 * what is no attribute's value.
 */
export function glanceAt(value: unknown): number {
  if (typeof value === 'string') return glanceAtString(value);
  if (typeof value === 'number') return value & 0x7fffffff;
  if (typeof value === 'boolean') return value ? 2 : 1;
  return typeof value === 'bigint' ? 3 : -1;
}

function glanceAtString(string: string): number {
  const { length } = string;
  if (length === 0) return 0;
  if (length === 1) return string.charCodeAt(0);
  const last = string.charCodeAt(length - 1);
  const lastButOne = string.charCodeAt(length - 2);
  return string.charCodeAt(length >> 1) + 131 * lastButOne + 17_161 * last + 101 * length;
}

/** Brings all bits of a sum of glances into the low ones. */
export function spread(sum: number): number {
  const spreading = Math.imul(sum ^ (sum >>> 15), 0x85ebca6b);
  return spreading ^ (spreading >>> 13);
}
