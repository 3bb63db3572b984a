const CODE = /^[A-Za-z][A-Za-z0-9_]{1,63}$/;

/**
 * reasonOf names a failure by its code, or else by its class. Messages are left out: those of others may hold header
 * values, URLs or what a server sent.
 */
export function reasonOf(failure: unknown): string {
  const code = codeOf(failure);
  if (code !== undefined) return code;
  return failure instanceof Error && CODE.test(failure.name) ? failure.name : 'unknown reason';
}

/** codeOf finds the code of a failure, or of what caused it. */
export function codeOf(failure: unknown): string | undefined {
  let current: unknown = failure;
  // A bound, since a cause can lead back to itself.
  for (let depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth += 1) {
    if ('code' in current && typeof current.code === 'string' && CODE.test(current.code)) return current.code;
    current = 'cause' in current ? current.cause : undefined;
  }
  return undefined;
}
